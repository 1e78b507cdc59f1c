/**
 * What {@code org.crac.Core} delegates to where {@code -Dorg.crac.Core.Compat} names this package: a registry of the hooks
 * that run before a snapshot and after it. Names and signatures are those that org.crac looks for by reflection.
 */
@NullMarked
package ailb.runtime.crac;

import org.jspecify.annotations.NullMarked;
