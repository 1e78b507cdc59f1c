/**
 * Which endpoints a request may be sent to, and which of them it is sent to: time, what each endpoint supports, room, prices.
 */
@NullMarked
package ailb.dispatch.choice;

import org.jspecify.annotations.NullMarked;
