/**
 * What is counted of an endpoint and what it tells: the rolling window of two slots, the latency histogram, and the
 * statistics shown to people. Pure.
 */
@NullMarked
package ailb.stats;

import org.jspecify.annotations.NullMarked;
