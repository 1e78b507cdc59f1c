/**
 * The one place that knows wire formats: OpenAI and Anthropic requests, replies, errors and rate-limit headers, and the
 * translation between them. Bytes in, values out; no I/O.
 */
@NullMarked
package ailb.protocol;

import org.jspecify.annotations.NullMarked;
