package ailb.protocol.wire;

import ailb.pool.LimitKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the headers of a reply say is left of a limit. Advice: it may push a limit tighter, never looser.
 *
 * @param remaining requests or tokens, not negative
 * @param limit the whole limit, where given
 * @param reset time until the limit is whole again, where given; not negative
 */
public record Remaining(LimitKind kind, long remaining, OptionalLong limit, Optional<Duration> reset) {}
