package ailb.health;

import ailb.pool.FailureClass;

/**
 * Why a breaker is open, and until when.
 *
 * @param until when a probe may go through, nanoseconds since the epoch
 * @param halfOpen whether the probe is under way
 */
public record Opening(FailureClass reason, long until, boolean halfOpen) {}
