/**
 * A fake of an API Gateway REST API that streams: HTTP from callers to events for a function, and the function's answer
 * back, piece by piece, by the rules that AWS documents. Each class says what of it is documented or was observed by
 * others, and what is assumed. Join it to a function with {@link ailb.gateway.StreamingFunction}.
 */
@NullMarked
package ailb.gateway;

import org.jspecify.annotations.NullMarked;
