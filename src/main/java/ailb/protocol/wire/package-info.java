/** What both APIs are on the wire: headers, limits told in them, tokens used, addresses, and what a reply comes to. */
@NullMarked
package ailb.protocol.wire;

import org.jspecify.annotations.NullMarked;
