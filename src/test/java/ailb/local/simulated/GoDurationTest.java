package ailb.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT0.02S, 20ms", "PT0.12S, 120ms", "PT1S, 1s", "PT8.64S, 8.64s", "PT6M, 6m0s",
        "PT1M0.5S, 1m0.5s", "PT0.0000001S, 1ms", "PT0.9999S, 1s", "PT30S, 30s"})
    void isWrittenAsOpenAisHeadersHaveIt(Duration duration, String written) {
        assertThat(GoDuration.format(duration)).isEqualTo(written);
    }
}
