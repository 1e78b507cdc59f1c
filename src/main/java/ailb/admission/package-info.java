/**
 * Rate limits without a counter that resets: the arithmetic that turns what an endpoint's item says, the cost of a
 * call and the time into one conditional write, or into the moment there will be room. Pure.
 */
@NullMarked
package ailb.admission;

import org.jspecify.annotations.NullMarked;
