/**
 * The domain model: endpoints, their limits and prices, the pool, and the settings of retries, health and routing.
 * Records and enums that validate themselves; no I/O and no decisions.
 */
@NullMarked
package ailb.pool;

import org.jspecify.annotations.NullMarked;
