/**
 * A registry of the hooks before and after a snapshot. {@code org.crac.Core} delegates to it if
 * {@code -Dorg.crac.Core.Compat} names this package. org.crac finds the names and signatures by reflection.
 */
@NullMarked
package ailb.runtime.crac;

import org.jspecify.annotations.NullMarked;
