/** JSON of which nobody vouches for a byte: reading it within bounds, naming its parts, and server-sent events. */
@NullMarked
package ailb.protocol.json;

import org.jspecify.annotations.NullMarked;
