/**
 * Parses pool.json into a checked {@code Pool}. Parsing is strict. Every error names the field's path, the fault and
 * what is allowed. All errors are reported together, so that one edit can fix the file.
 */
@NullMarked
package ailb.settings;

import org.jspecify.annotations.NullMarked;
