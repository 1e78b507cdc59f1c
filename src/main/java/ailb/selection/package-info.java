/**
 * Which of the endpoints with room gets a call: a score each, and a weighted random choice. Pure; the random generator
 * is an argument.
 */
@NullMarked
package ailb.selection;

import org.jspecify.annotations.NullMarked;
