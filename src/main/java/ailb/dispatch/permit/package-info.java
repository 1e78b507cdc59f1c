/**
 * Leave to make a call, and the report of how it ended: the two guarded writes that every call takes, and the view of the
 * endpoints that they are made by.
 */
@NullMarked
package ailb.dispatch.permit;

import org.jspecify.annotations.NullMarked;
