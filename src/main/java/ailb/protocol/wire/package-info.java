/** The wire level of both APIs: headers, rate limits, token usage, hosts, requests to providers and their replies. */
@NullMarked
package ailb.protocol.wire;

import org.jspecify.annotations.NullMarked;
