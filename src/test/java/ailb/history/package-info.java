/**
 * Histories of what many clients did with one object at once, and the check that it is as if each of their operations
 * had been done at one moment. For tests.
 */
@NullMarked
package ailb.history;

import org.jspecify.annotations.NullMarked;
