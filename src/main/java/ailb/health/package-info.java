/**
 * The circuit breaker of an endpoint, one for the whole fleet: when it opens and closes, as guarded moves that raise
 * its generation. Pure.
 */
@NullMarked
package ailb.health;

import org.jspecify.annotations.NullMarked;
