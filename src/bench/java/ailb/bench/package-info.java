/** Benchmarks of the balancer's own work; see README for how to run them. */
@NullMarked
package ailb.bench;

import org.jspecify.annotations.NullMarked;
