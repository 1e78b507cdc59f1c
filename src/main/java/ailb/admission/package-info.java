/**
 * Rate limits without counters that reset. From an endpoint's item, the cost of a call and the time follows one
 * conditional write, or the moment when there will be room. Pure.
 */
@NullMarked
package ailb.admission;

import org.jspecify.annotations.NullMarked;
