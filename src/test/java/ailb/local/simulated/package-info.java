/**
 * Providers that are not there: HTTP servers on loopback that answer as OpenAI's and Anthropic's APIs are documented to,
 * keep limits by rules of their own, and fail when told to. They know nothing of how the balancer keeps its side.
 */
@NullMarked
package ailb.local.simulated;

import org.jspecify.annotations.NullMarked;
