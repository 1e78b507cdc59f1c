package ailb.protocol.wire;

import static ailb.protocol.WireFiles.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTimesTest {

    @Test
    void millisecondsGoBeforeSeconds() {
        Headers both = new Headers(Map.of("Retry-After-Ms", "1500", "Retry-After", "9"));
        Headers unreadable = new Headers(Map.of("Retry-After-Ms", "soon", "Retry-After", "9"));

        assertThat(HeaderTimes.retryAfter(both, NOW)).contains(Duration.ofMillis(1500));
        assertThat(HeaderTimes.retryAfter(unreadable, NOW)).contains(Duration.ofSeconds(9));
        assertThat(HeaderTimes.retryAfter(Headers.NONE, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', value = {
                "0 | PT0S",
                "20 | PT20S",
                " 20 | PT20S",
                "0.5 | PT0.5S",
                "1.2345678901234567 | PT1.234567890S",
                "Mon, 02 Nov 2026 10:00:30 GMT | PT30S",
                "Tue, 03 Nov 2026 10:00:00 GMT | PT24H",
            })
    void retryAfterIsSecondsOrADate(String value, Duration wait) {
        assertThat(HeaderTimes.retryAfter(new Headers(Map.of("retry-after", value)), NOW)).contains(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "-1", "NaN", "Infinity", "1e3", "0x10", "1d", "soon", ".", "1.", "99999999999999999999",

                "999999999999", "Mon, 02 Nov 2026 09:59:59 GMT", "Mon, 02 Nov 9999 10:00:00 GMT", "2026-11-02",
                "١٢",
            })
    void retryAfterThatMakesNoSenseIsEmpty(String value) {
        assertThat(HeaderTimes.retryAfter(new Headers(Map.of("retry-after", value)), NOW)).isEmpty();
        assertThat(HeaderTimes.retryAfter(new Headers(Map.of("retry-after-ms", value)), NOW)
                .filter(wait -> wait.compareTo(Duration.ofDays(366)) > 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "20ms, PT0.02S",
        "1s, PT1S",
        "6m0s, PT6M",
        "8.64s, PT8.64S",
        "1h2m3s, PT1H2M3S",
        "2m59.56s, PT2M59.56S",
        "1d, PT24H",
        "1d2h, PT26H",
        "0s, PT0S",
    })
    void openAiResetsAreDurations(String reset, Duration expected) {
        assertThat(HeaderTimes.duration(reset)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0ms",
        "PT0.02S, 20ms",
        "PT0.0000001S, 1ms",
        "PT1S, 1s",
        "PT8.64S, 8.64s",
        "PT10S, 10s",
        "PT6M, 6m0s",
        "PT2M59.56S, 2m59.56s",
        "PT1H2M3S, 1h2m3s",
        "PT26H, 26h0m0s",
    })
    void durationsAreWrittenAsOpenAiWritesThem(Duration duration, String written) {
        assertThat(HeaderTimes.duration(duration)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "-1s", "1s ago", "1x", "1 s", "PT1S", "1s,2s", "999999999999d", "1..5s"})
    void resetsThatMakeNoSenseAreEmpty(String reset) {
        assertThat(HeaderTimes.duration(reset)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-02T10:00:30Z, PT30S",
        "2026-11-02T10:00:00.5Z, PT0.5S",
        "2026-11-02T11:00:30+01:00, PT30S",
        "2026-11-02T09:00:00Z, PT0S",
    })
    void anthropicsResetsAreTimes(String reset, Duration expected) {
        assertThat(HeaderTimes.until(reset, NOW)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "2026-11-02", "2026-13-02T10:00:00Z", "+999999999-01-01T00:00:00Z", "never"})
    void timesThatMakeNoSenseAreEmpty(String reset) {
        assertThat(HeaderTimes.until(reset, NOW)).isEmpty();
    }
}
