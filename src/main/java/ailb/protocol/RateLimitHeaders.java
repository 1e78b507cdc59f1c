package ailb.protocol;

import ailb.pool.LimitKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what the headers of a reply say is left. What is not well-formed is left out; nothing throws. */
final class RateLimitHeaders {

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
                        field -> headers.get("x-ratelimit-" + field + "-" + axis.getKey()),
                        HeaderTimes::duration))
                .toList();
    }

    /** {@code anthropic-ratelimit-requests-remaining}, with the reset as a time. */
    static List<Remaining> anthropic(Headers headers, Instant now) {
        return ANTHROPIC.stream()
                .flatMap(axis -> remaining(
                        axis.getValue(),
                        field -> headers.get("anthropic-ratelimit-" + axis.getKey() + "-" + field),
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
}
