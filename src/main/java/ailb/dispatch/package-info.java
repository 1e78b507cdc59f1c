/**
 * The one loop: choose an endpoint, admit the call, make it, record how it ended, decide what comes next (ADR 27).
 * Everything outside is reached through ports: providers, keys, time, and a listener.
 */
@NullMarked
package ailb.dispatch;

import org.jspecify.annotations.NullMarked;
