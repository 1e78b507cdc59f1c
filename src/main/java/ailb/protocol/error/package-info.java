/** Errors: those that callers get, and those that providers send. */
@NullMarked
package ailb.protocol.error;

import org.jspecify.annotations.NullMarked;
