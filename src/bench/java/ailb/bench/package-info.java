/** Benchmarks of the balancer's own work; docs/performance.md has the commands. */
@NullMarked
package ailb.bench;

import org.jspecify.annotations.NullMarked;
