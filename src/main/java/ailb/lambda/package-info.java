/**
 * The functions' entry points, thin and stateless, and the composition root that puts ports and rules together. The
 * only room besides {@code aws} that knows AWS.
 */
@NullMarked
package ailb.lambda;

import org.jspecify.annotations.NullMarked;
