/**
 * The shared item of an endpoint as a value, the one kind of change made to it, and the port to the store that makes
 * it. Pure functions elsewhere build the changes; a store only evaluates them.
 */
@NullMarked
package ailb.state;

import org.jspecify.annotations.NullMarked;
