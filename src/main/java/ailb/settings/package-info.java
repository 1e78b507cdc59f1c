/**
 * From pool.json to a checked {@code Pool}: strict, and every complaint names the path of the field, what is wrong with it
 * and what is allowed. All complaints come at once, so that a file is mended in one go.
 */
@NullMarked
package ailb.settings;

import org.jspecify.annotations.NullMarked;
