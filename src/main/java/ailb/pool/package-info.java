/**
 * The words everything else is written in: endpoints, their limits and prices, the pool, and the settings of retries,
 * health and routing. Records and enums that check themselves; no I/O and no decisions.
 */
@NullMarked
package ailb.pool;

import org.jspecify.annotations.NullMarked;
