/**
 * The two guarded writes of every call: one admits it, one records how it ended. And the view of the endpoints that
 * both start from.
 */
@NullMarked
package ailb.dispatch.permit;

import org.jspecify.annotations.NullMarked;
