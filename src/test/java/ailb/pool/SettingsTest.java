package ailb.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.pool.Settings.Backoff;
import ailb.pool.Settings.Cost;
import ailb.pool.Settings.Health;
import ailb.pool.Settings.Retries;
import ailb.pool.Settings.Routing;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Cost COST = Settings.DEFAULT.routing().cost();

    @ParameterizedTest
    @ValueSource(ints = {0, 11})
    void attemptsAreOneToTen(int attempts) {
        assertThatThrownBy(() -> new Retries(attempts, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttempts must be 1 to 10, not " + attempts);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void consecutiveErrorsAreOneToAHundred(int errors) {
        assertThatThrownBy(() -> health(errors, 200, 0.2, SECOND, SECOND, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("consecutiveErrors must be 1 to 100, not " + errors);
    }

    @Test
    void theSettingsOfTheBreakerFitTogether() {
        assertThatThrownBy(() -> health(3, 2, 0.2, SECOND, SECOND, SECOND))
                .hasMessage("hardConsecutiveErrors must not be below consecutiveErrors, and is 2");
        assertThatThrownBy(() -> health(3, 3, 1.1, SECOND, SECOND, SECOND))
                .hasMessage("suspectErrorRate must be 0 to 1, not 1.1");
        assertThatThrownBy(() -> health(3, 3, 0.2, SECOND.multipliedBy(2), SECOND, SECOND))
                .hasMessage("openCap must not be below openFor, and is PT1S");
    }

    private static Health health(
            int errors, int hard, double suspect, Duration openFor, Duration openCap, Duration openForPerson) {
        return new Health(errors, hard, 20, suspect, 0.5, openFor, Backoff.FIXED, openCap, openForPerson);
    }

    @Test
    void durationsArePositiveAndAWaitMayBeZero() {
        assertThatThrownBy(() -> new Retries(1, Duration.ZERO)).hasMessage("attemptCap must be above 0, not PT0S");
        assertThatThrownBy(() -> health(1, 1, 0.2, Duration.ZERO, SECOND, SECOND))
                .hasMessage("openFor must be above 0, not PT0S");
        assertThatThrownBy(() -> health(1, 1, 0.2, SECOND, SECOND, Duration.ZERO))
                .hasMessage("openForPerson must be above 0, not PT0S");
        assertThatThrownBy(() -> new Routing(SECOND.negated(), SECOND, true, 1, COST))
                .hasMessage("maxWait must be 0 or more, not PT-1S");
        assertThatThrownBy(() -> new Routing(Duration.ZERO, Duration.ZERO, true, 1, COST))
                .hasMessage("retryAfterCap must be above 0, not PT0S");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void aLocalShareIsAboveNothingAndAtMostAll(double share) {
        assertThatThrownBy(() -> new Routing(SECOND, SECOND, true, share, COST))
                .hasMessage("localShare must be in (0, 1], not " + share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1e9, Double.NaN})
    void aBudgetIsAboveNothing(double budget) {
        assertThatThrownBy(() -> new Cost(OptionalDouble.of(budget), BudgetPolicy.REFUSE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("budget must be above 0 and at most 10^9");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 8.1, Double.NaN})
    void theCostExponentIsZeroToEight(double exponent) {
        assertThatThrownBy(() -> new Cost(OptionalDouble.empty(), BudgetPolicy.REFUSE, exponent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("exponent must be 0 to 8, not " + exponent);
    }
}
