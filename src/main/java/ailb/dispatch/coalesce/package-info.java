/**
 * Fewer writes where an endpoint's item gets too many: reports that wait for another write, and permits held for the next
 * calls.
 */
@NullMarked
package ailb.dispatch.coalesce;

import org.jspecify.annotations.NullMarked;
