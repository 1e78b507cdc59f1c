/**
 * A fleet that no test could start: the real code of many instances on one thread's worth of virtual time, with faults of
 * every kind, while every promise is checked. One seed decides all. docs/reliability.md tells what it found.
 */
@NullMarked
package ailb.sim;

import org.jspecify.annotations.NullMarked;
