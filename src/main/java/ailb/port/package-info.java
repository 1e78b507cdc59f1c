/**
 * The ports of the loop that sends requests: keys, providers, time, threads, and a listener. Adapters implement them.
 * {@code batch} and {@code api} have ports of their own, beside the code that calls them.
 */
@NullMarked
package ailb.port;

import org.jspecify.annotations.NullMarked;
