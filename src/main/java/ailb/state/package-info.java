/**
 * The shared item of an endpoint as a value, conditional updates to it, and the port to the store that applies them.
 * Pure functions elsewhere build the updates; a store only evaluates them (ADR 3).
 */
@NullMarked
package ailb.state;

import org.jspecify.annotations.NullMarked;
