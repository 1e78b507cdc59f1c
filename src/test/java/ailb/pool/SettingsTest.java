package ailb.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SettingsBuilder settings = new SettingsBuilder();

    @ParameterizedTest
    @ValueSource(ints = {0, 11})
    void attemptsAreOneToTen(int attempts) {
        assertThatThrownBy(() -> settings.maxAttempts(attempts).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttempts must be 1 to 10, not " + attempts);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void consecutiveErrorsAreOneToAHundred(int errors) {
        assertThatThrownBy(() -> settings.consecutiveErrors(errors).hardConsecutiveErrors(200).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("consecutiveErrors must be 1 to 100, not " + errors);
    }

    @Test
    void theSettingsOfTheBreakerFitTogether() {
        assertThatThrownBy(() -> new SettingsBuilder().consecutiveErrors(3).hardConsecutiveErrors(2).build())
                .hasMessage("hardConsecutiveErrors must not be below consecutiveErrors, and is 2");
        assertThatThrownBy(() -> new SettingsBuilder().suspectErrorRate(1.1).build())
                .hasMessage("suspectErrorRate must be 0 to 1, not 1.1");
        assertThatThrownBy(() -> new SettingsBuilder().openFor(Duration.ofSeconds(2)).openCap(SECOND).build())
                .hasMessage("openCap must not be below openFor, and is PT1S");
    }

    @Test
    void durationsArePositiveAndAWaitMayBeZero() {
        assertThatThrownBy(() -> new SettingsBuilder().attemptCap(Duration.ZERO).build())
                .hasMessage("attemptCap must be above 0, not PT0S");
        assertThatThrownBy(() -> new SettingsBuilder().openFor(Duration.ZERO).build())
                .hasMessage("openFor must be above 0, not PT0S");
        assertThatThrownBy(() -> new SettingsBuilder().openForPerson(Duration.ZERO).build())
                .hasMessage("openForPerson must be above 0, not PT0S");
        assertThatThrownBy(() -> new SettingsBuilder().maxWait(SECOND.negated()).build())
                .hasMessage("maxWait must be 0 or more, not PT-1S");
        assertThatThrownBy(() -> new SettingsBuilder().maxWait(Duration.ZERO).retryAfterCap(Duration.ZERO).build())
                .hasMessage("retryAfterCap must be above 0, not PT0S");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void aLocalShareIsAboveNothingAndAtMostAll(double share) {
        assertThatThrownBy(() -> settings.localShare(share).build())
                .hasMessage("localShare must be in (0, 1], not " + share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1e9, Double.NaN})
    void aBudgetIsAboveNothing(double budget) {
        assertThatThrownBy(() -> settings.budget(budget).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("budget must be above 0 and at most 10^9");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 8.1, Double.NaN})
    void theCostExponentIsZeroToEight(double exponent) {
        assertThatThrownBy(() -> settings.costExponent(exponent).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("exponent must be 0 to 8, not " + exponent);
    }
}
