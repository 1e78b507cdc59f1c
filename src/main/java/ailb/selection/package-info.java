/**
 * Chooses the endpoint for a call among those with room: a score for each, and a weighted random choice. Pure; the
 * random generator is an argument.
 */
@NullMarked
package ailb.selection;

import org.jspecify.annotations.NullMarked;
