/**
 * Which endpoints a request may be sent to, and which one it is sent to: by what each supports, by time, room and
 * price.
 */
@NullMarked
package ailb.dispatch.choice;

import org.jspecify.annotations.NullMarked;
