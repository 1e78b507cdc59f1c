/**
 * The state that requests are served with: the fleet's or, while its store is down, this instance's own with a share of
 * each limit.
 */
@NullMarked
package ailb.dispatch.fallback;

import org.jspecify.annotations.NullMarked;
