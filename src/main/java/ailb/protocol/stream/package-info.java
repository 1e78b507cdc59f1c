/** Streamed replies: passed on or translated event by event (ADR 13, 24). */
@NullMarked
package ailb.protocol.stream;

import org.jspecify.annotations.NullMarked;
