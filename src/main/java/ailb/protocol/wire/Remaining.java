package ailb.protocol.wire;

import ailb.pool.LimitKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is left of a limit, according to a reply's headers. It may make the balancer's own limit stricter, never looser.
 *
 * @param remaining requests or tokens, not negative
 * @param limit the whole limit, where given
 * @param reset time until the limit is full again, where given; not negative
 */
public record Remaining(LimitKind kind, long remaining, OptionalLong limit, Optional<Duration> reset) {}
