package ailb.health;

import ailb.pool.FailureClass;

/**
 * Why an endpoint is out, and until when.
 *
 * @param until nanoseconds since the epoch
 */
public record Opening(FailureClass reason, long until) {}
