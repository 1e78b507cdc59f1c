package ailb.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThatThrownBy(() -> new Health(errors, SECOND, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("consecutiveErrors must be 1 to 100, not " + errors);
    }

    @Test
    void durationsArePositiveAndAWaitMayBeZero() {
        assertThatThrownBy(() -> new Retries(1, Duration.ZERO)).hasMessage("attemptCap must be above 0, not PT0S");
        assertThatThrownBy(() -> new Health(1, Duration.ZERO, SECOND)).hasMessage("openFor must be above 0, not PT0S");
        assertThatThrownBy(() -> new Health(1, SECOND, Duration.ZERO))
                .hasMessage("openForPerson must be above 0, not PT0S");
        assertThatThrownBy(() -> new Routing(SECOND.negated(), SECOND, true, COST))
                .hasMessage("maxWait must be 0 or more, not PT-1S");
        assertThatThrownBy(() -> new Routing(Duration.ZERO, Duration.ZERO, true, COST))
                .hasMessage("retryAfterCap must be above 0, not PT0S");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1e9, Double.NaN})
    void aBudgetIsAboveNothing(double budget) {
        assertThatThrownBy(() -> new Cost(OptionalDouble.of(budget), AtBudget.REFUSE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("budget must be above 0 and at most 10^9");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 8.1, Double.NaN})
    void theCostExponentIsZeroToEight(double exponent) {
        assertThatThrownBy(() -> new Cost(OptionalDouble.empty(), AtBudget.REFUSE, exponent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("exponent must be 0 to 8, not " + exponent);
    }
}
