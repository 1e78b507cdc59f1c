/**
 * What requests are decided on: the state that the fleet shares or, while its store is down, a share of each limit that this
 * instance keeps to by itself.
 */
@NullMarked
package ailb.dispatch.fallback;

import org.jspecify.annotations.NullMarked;
