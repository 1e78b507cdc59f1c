/**
 * What the loop that sends requests asks of the world: keys, providers, time, threads, and who is told what happened. Adapters
 * implement it. {@code batch} and {@code api} have ports of their own, beside what calls them.
 */
@NullMarked
package ailb.port;

import org.jspecify.annotations.NullMarked;
