package ailb.protocol.wire;

import static ailb.protocol.WireFiles.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.LimitKind;
import ailb.pool.Provider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RateLimitHeadersTest {

    @Test
    void openAiSaysWhatIsLeftOfRequestsAndTokens() {
        Headers headers = new Headers(
                Map.of(
                        "x-ratelimit-limit-requests", "60",
                        "x-ratelimit-remaining-requests", "59",
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-limit-tokens", "150000",
                        "x-ratelimit-remaining-tokens", "149984",
                        "x-ratelimit-reset-tokens", "6m0s"));

        assertThat(RateLimitHeaders.openAi(headers))
                .containsExactly(
                        new Remaining(
                                LimitKind.REQUESTS_PER_MINUTE, 59, OptionalLong.of(60),
                                Optional.of(Duration.ofSeconds(1))),
                        new Remaining(
                                LimitKind.TOKENS_PER_MINUTE,
                                149984,
                                OptionalLong.of(150000),
                                Optional.of(Duration.ofMinutes(6))));
    }

    @Test
    void anthropicSaysItForInputAndOutputTokensToo() {
        Headers headers = new Headers(
                Map.of(
                        "anthropic-ratelimit-requests-remaining", "49",
                        "anthropic-ratelimit-requests-reset", "2026-11-02T10:00:01Z",
                        "anthropic-ratelimit-tokens-remaining", "48000",
                        "anthropic-ratelimit-input-tokens-limit", "40000",
                        "anthropic-ratelimit-input-tokens-remaining", "40000",
                        "anthropic-ratelimit-input-tokens-reset", "2026-11-02T10:00:00Z",
                        "anthropic-ratelimit-output-tokens-remaining", "0"));

        assertThat(RateLimitHeaders.anthropic(headers, NOW))
                .containsExactly(
                        new Remaining(
                                LimitKind.REQUESTS_PER_MINUTE,
                                49,
                                OptionalLong.empty(),
                                Optional.of(Duration.ofSeconds(1))),
                        new Remaining(LimitKind.TOKENS_PER_MINUTE, 48000, OptionalLong.empty(), Optional.empty()),
                        new Remaining(
                                LimitKind.INPUT_TOKENS_PER_MINUTE,
                                40000,
                                OptionalLong.of(40000),
                                Optional.of(Duration.ZERO)),
                        new Remaining(
                                LimitKind.OUTPUT_TOKENS_PER_MINUTE, 0, OptionalLong.empty(), Optional.empty()));
    }

    @Test
    void whatIsNotWellFormedIsLeftOut() {
        Headers headers = new Headers(
                Map.of(
                        "x-ratelimit-remaining-requests", "-1",
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-limit-tokens", "many",
                        "x-ratelimit-remaining-tokens", "5",
                        "x-ratelimit-reset-tokens", "soon"));

        assertThat(RateLimitHeaders.openAi(headers))
                .containsExactly(new Remaining(LimitKind.TOKENS_PER_MINUTE, 5, OptionalLong.empty(), Optional.empty()));
    }

    private static final List<Remaining> LEFT = List.of(
            new Remaining(
                    LimitKind.REQUESTS_PER_MINUTE, 59, OptionalLong.of(60), Optional.of(Duration.ofMillis(999))),
            new Remaining(
                    LimitKind.TOKENS_PER_MINUTE, 149984, OptionalLong.of(150000), Optional.of(Duration.ofMinutes(6))),
            new Remaining(
                    LimitKind.INPUT_TOKENS_PER_MINUTE, 0, OptionalLong.of(5), Optional.of(Duration.ofNanos(1))));

    @Test
    void anOpenAiCallerIsToldInOpenAisHeaders() {
        assertThat(RateLimitHeaders.of(Provider.OPENAI, LEFT, NOW))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "x-ratelimit-limit-requests", "60",
                                "x-ratelimit-remaining-requests", "59",
                                "x-ratelimit-reset-requests", "999ms",
                                "x-ratelimit-limit-tokens", "150000",
                                "x-ratelimit-remaining-tokens", "149984",
                                "x-ratelimit-reset-tokens", "6m0s"));
    }

    @Test
    void anAnthropicCallerIsToldInAnthropicsHeaders() {
        assertThat(RateLimitHeaders.of(Provider.ANTHROPIC, LEFT, NOW))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "anthropic-ratelimit-requests-limit", "60",
                                "anthropic-ratelimit-requests-remaining", "59",
                                "anthropic-ratelimit-requests-reset", "2026-11-02T10:00:01Z",
                                "anthropic-ratelimit-tokens-limit", "150000",
                                "anthropic-ratelimit-tokens-remaining", "149984",
                                "anthropic-ratelimit-tokens-reset", "2026-11-02T10:06:00Z",
                                "anthropic-ratelimit-input-tokens-limit", "5",
                                "anthropic-ratelimit-input-tokens-remaining", "0",
                                "anthropic-ratelimit-input-tokens-reset", "2026-11-02T10:00:01Z"));
    }
}
