/**
 * What is counted for each endpoint: the rolling window of two slots, the latency histogram, and the published
 * statistics. Pure.
 */
@NullMarked
package ailb.stats;

import org.jspecify.annotations.NullMarked;
