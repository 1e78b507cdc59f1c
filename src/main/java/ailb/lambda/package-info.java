/**
 * The functions' entry points, which are thin and keep no state, and the composition root, which puts ports and rules
 * together. Only {@code aws}, {@code runtime} and this package know AWS.
 */
@NullMarked
package ailb.lambda;

import org.jspecify.annotations.NullMarked;
