package ailb.protocol.wire;

import ailb.pool.LimitKind;
import ailb.pool.Provider;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rate-limit headers: reads those of a provider's reply, and writes those of the caller's protocol. Malformed headers
 * are ignored; nothing throws.
 */
public final class RateLimitHeaders {

    private static final Pattern COUNT = Pattern.compile("\\d{1,15}");

    private static final List<Map.Entry<String, LimitKind>> OPENAI = List.of(
            Map.entry("requests", LimitKind.REQUESTS_PER_MINUTE),
            Map.entry("tokens", LimitKind.TOKENS_PER_MINUTE));

    private static final List<Map.Entry<String, LimitKind>> ANTHROPIC = List.of(
            Map.entry("requests", LimitKind.REQUESTS_PER_MINUTE),
            Map.entry("tokens", LimitKind.TOKENS_PER_MINUTE),
            Map.entry("input-tokens", LimitKind.INPUT_TOKENS_PER_MINUTE),
            Map.entry("output-tokens", LimitKind.OUTPUT_TOKENS_PER_MINUTE));

    private RateLimitHeaders() {}

    /** {@code x-ratelimit-remaining-requests}, with the reset as a duration. */
    static List<Remaining> openAi(Headers headers) {
        return OPENAI.stream()
                .flatMap(axis -> remaining(
                        axis.getValue(),
                        field -> headers.get(name(Provider.OPENAI, axis.getKey(), field)),
                        HeaderTimes::duration))
                .toList();
    }

    /** {@code anthropic-ratelimit-requests-remaining}, with the reset as a time. */
    static List<Remaining> anthropic(Headers headers, Instant now) {
        return ANTHROPIC.stream()
                .flatMap(axis -> remaining(
                        axis.getValue(),
                        field -> headers.get(name(Provider.ANTHROPIC, axis.getKey(), field)),
                        reset -> HeaderTimes.until(reset, now)))
                .toList();
    }

    private static Stream<Remaining> remaining(
            LimitKind kind, Function<String, Optional<String>> header, Function<String, Optional<Duration>> reset) {
        OptionalLong limit = count(header.apply("limit"));
        return count(header.apply("remaining"))
                .stream()
                .mapToObj(left -> new Remaining(kind, left, limit, header.apply("reset").flatMap(reset)));
    }

    private static OptionalLong count(Optional<String> header) {
        return header.map(String::strip)
                .filter(text -> COUNT.matcher(text).matches())
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    /**
     * Headers for a caller.
     *
     * @param left each with its full limit and its reset time; kinds without a header in the protocol are left out
     * @param now wall time
     */
    public static Map<String, String> of(Provider protocol, List<Remaining> left, Instant now) {
        Map<String, String> headers = new HashMap<>();
        List<Map.Entry<String, LimitKind>> axes =
                switch (protocol) {
                    case OPENAI -> OPENAI;
                    case ANTHROPIC -> ANTHROPIC;
                };
        for (Map.Entry<String, LimitKind> axis : axes) {
            left.stream()
                    .filter(one -> one.kind() == axis.getValue())
                    .forEach(one -> fields(protocol, one, now)
                            .forEach((field, value) -> headers.put(name(protocol, axis.getKey(), field), value)));
        }
        return headers;
    }

    private static Map<String, String> fields(Provider protocol, Remaining left, Instant now) {
        Map<String, String> fields = new HashMap<>();
        fields.put("remaining", Long.toString(left.remaining()));
        left.limit().ifPresent(limit -> fields.put("limit", Long.toString(limit)));
        left.reset().ifPresent(wait -> fields.put("reset", switch (protocol) {
            case OPENAI -> HeaderTimes.duration(wait);
            case ANTHROPIC -> HeaderTimes.moment(now.plus(wait));
        }));
        return fields;
    }

    private static String name(Provider protocol, String axis, String field) {
        return switch (protocol) {
            case OPENAI -> "x-ratelimit-" + field + "-" + axis;
            case ANTHROPIC -> "anthropic-ratelimit-" + axis + "-" + field;
        };
    }
}
