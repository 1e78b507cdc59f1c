/**
 * Fewer writes where an endpoint's item gets too many: outcomes wait for another write, and permits are held for the
 * next calls.
 */
@NullMarked
package ailb.dispatch.coalesce;

import org.jspecify.annotations.NullMarked;
