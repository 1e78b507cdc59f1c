package ailb.health;

import ailb.pool.FailureClass;

/**
 * Why an endpoint is out, and until when.
 *
 * @param until nanoseconds since the epoch; from then on one call may find out whether it is well again
 * @param halfOpen whether that call is under way
 */
public record Opening(FailureClass reason, long until, boolean halfOpen) {}
