/** Replies that come as events: passed on, and translated while they come. */
@NullMarked
package ailb.protocol.stream;

import org.jspecify.annotations.NullMarked;
