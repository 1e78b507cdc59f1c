/**
 * The one loop: choose an endpoint, have the call admitted, make it, report how it ended, decide what comes next. Its
 * ports are everything it touches: providers, keys, time, and a listener.
 */
@NullMarked
package ailb.dispatch;

import org.jspecify.annotations.NullMarked;
