package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.pool.Settings.Cost;
import ailb.pool.SettingsBuilder;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DayBudgetTest {

    /** 2027-01-15 is day 20,833 of the epoch. */
    private static final long NOW = nanos("2027-01-15T08:00:00Z");

    private static final Cost TWO_DOLLARS = new SettingsBuilder().budget(2).costExponent(1).cost();
    private static final Cost NO_BUDGET = new SettingsBuilder().costExponent(1).cost();

    @Test
    void theDaysSpendIsThatOfAllEndpoints() {
        DayBudget budget = DayBudget.of(
                TWO_DOLLARS,
                Stream.of(spent(20_833, 700_000_000), spent(20_833, 300_000_000), EndpointState.EMPTY),
                NOW);

        assertThat(budget.spent()).isEqualTo(1_000_000_000);
        assertThat(budget.used()).isEqualTo(0.5);
    }

    @Test
    void whatWasSpentYesterdayCountsForNothing() {
        assertThat(DayBudget.of(TWO_DOLLARS, Stream.of(spent(20_832, 5_000_000_000L)), NOW).spent())
                .isZero();
    }

    /** 1 + 6 x (used - 0.5) / 0.5, from a half on; dollars spent of two. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.5, 1", "1.0, 1", "1.25, 2.5", "1.5, 4", "1.75, 5.5", "2.0, 7", "3.0, 7"})
    void theExponentRisesOverTheSecondHalfOfTheBudget(double dollars, double exponent) {
        assertThat(new DayBudget(TWO_DOLLARS, Math.round(dollars * 1e9)).exponent())
                .isCloseTo(exponent, within(1e-9));
    }

    @Test
    void theBudgetIsUsedUpWhenAllOfItIsSpentAndNotBefore() {
        assertThat(new DayBudget(TWO_DOLLARS, 1_999_999_999).isUsedUp()).isFalse();
        assertThat(new DayBudget(TWO_DOLLARS, 2_000_000_000).isUsedUp()).isTrue();
    }

    @Test
    void withoutABudgetNothingIsUsedUpAndTheExponentStays() {
        DayBudget budget = new DayBudget(NO_BUDGET, Long.MAX_VALUE);

        assertThat(budget.isUsedUp()).isFalse();
        assertThat(budget.exponent()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "2027-01-15T08:00:00Z,           2027-01-16T00:00:00Z",
        "2027-01-15T23:59:59.999999999Z, 2027-01-16T00:00:00Z",
        "2027-01-16T00:00:00Z,           2027-01-17T00:00:00Z"
    })
    void spendingStartsAnewAtMidnightUtc(String now, String then) {
        assertThat(Spend.startsAnew(nanos(now))).isEqualTo(nanos(then));
    }

    private static EndpointState spent(long day, long nanoDollars) {
        return new EndpointState(Map.of(Attribute.SPEND_DAY, day, Attribute.SPEND, nanoDollars));
    }

    private static long nanos(String instant) {
        Instant moment = Instant.parse(instant);
        return moment.getEpochSecond() * 1_000_000_000L + moment.getNano();
    }
}
