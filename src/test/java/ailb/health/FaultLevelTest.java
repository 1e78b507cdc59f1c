package ailb.health;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By default a fault raises the level by 3, an answer lowers it by 1, and it is full at 30. */
class FaultLevelTest {

    private static final Settings.Health USUAL = Settings.DEFAULT.health();

    private final FaultLevel level = new FaultLevel(USUAL);
    private EndpointState state = new EndpointState(Map.of(Attribute.TOTAL_REQUESTS, 1_000L));

    @Test
    void tenFaultsInARowFillIt() {
        faults(9);
        assertThat(level.isFull(state)).isFalse();

        faults(1);
        assertThat(level.isFull(state)).isTrue();
    }

    /** Fourteen are at 14 x 3 - 13 = 29, the fifteenth at 31. */
    @Test
    void withAnAnswerAfterEachFaultTheFifteenthFillsIt() {
        for (int i = 0; i < 14; i++) {
            faults(1);
            assertThat(level.isFull(state)).isFalse();
            answers(1);
        }

        faults(1);
        assertThat(level.isFull(state)).isTrue();
    }

    @Test
    void aFaultInEachFourCallsNeverFillsIt() {
        for (int i = 0; i < 10_000; i++) {
            faults(1);
            assertThat(level.isFull(state)).isFalse();
            answers(3);
        }
    }

    /** 27 after nine faults: 24 answers leave 3, and a thousand leave 0. */
    @ParameterizedTest
    @CsvSource({
        // answers after nine faults, further faults that do not fill it
        "0, 0", "1, 1", "24, 8", "27, 9", "1000, 9",
    })
    void answersTakeFaultsAwayOneByOne(int answers, int further) {
        faults(9);
        answers(answers);
        faults(further);
        assertThat(level.isFull(state)).isFalse();

        faults(1);
        assertThat(level.isFull(state)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // suspect error rate, answers after each fault with which it never fills, and with which it does
        "1, 1, 0",
        "0.5, 1, 0",
        "0.34, 2, 1",
        "0.25, 3, 2",
        "0.2, 3, 2",
        "0, 3, 2",
    })
    void theSuspectErrorRateIsWhatChanceExplainsButAtLeastAQuarterAndAtMostAHalf(double suspect, int never, int fills) {
        FaultLevel other = new FaultLevel(withSuspectErrorRate(suspect));

        assertThat(fills(other, never)).isFalse();
        assertThat(fills(other, fills)).isTrue();
    }

    private boolean fills(FaultLevel level, int answers) {
        state = EndpointState.EMPTY;
        for (int i = 0; i < 1_000; i++) {
            state = update(level, state).applyTo(state);
            if (level.isFull(state)) {
                return true;
            }
            answers(answers);
        }
        return false;
    }

    @Test
    void aReporterThatIsTenCallsBehindIsHeardAndOneThatIsElevenBehindIsToldHowThingsAre() {
        EndpointState seen = state;
        answers(10);
        assertThat(update(level, seen).allowedBy(state)).isTrue();

        answers(1);
        assertThat(update(level, seen).allowedBy(state)).isFalse();
    }

    @Test
    void twoFaultsReportedAtOnceBothCount() {
        EndpointState seen = state;
        faults(1);
        assertThat(update(level, seen).allowedBy(state)).as("would undo the other").isFalse();

        faults(9);
        assertThat(level.isFull(state)).isTrue();
    }

    @Test
    void nothingIsAddedToALevelThatHasBeenTakenAway() {
        faults(3);
        EndpointState seen = state;
        state = ConditionalUpdate.builder()
                .remove(Attribute.FAULT_LEVEL)
                .build()
                .applyTo(state);

        assertThat(update(level, seen).allowedBy(state)).isFalse();
    }

    @Test
    void nothingIsCountedThatAnOldViewHasNotSeenGo() {
        faults(3);
        EndpointState seen = state;
        answers(100);

        assertThat(update(level, seen).allowedBy(state)).isFalse();
    }

    /** Page's sum, computed as he writes it: max(0, sum) + 3 for a fault, - 1 for an answer. */
    @ParameterizedTest
    @CsvSource({"0.05", "0.2", "0.5", "0.9"})
    void whateverIsSeenLateTheLevelIsNeverAboveTheSumAndAFaultCountsForAtMostTenLess(double errors) {
        Random random = new Random(3);
        List<EndpointState> past = new ArrayList<>();
        long sum = 0;
        long before = 0;
        for (int call = 0; call < 20_000; call++) {
            past.add(state);
            if (random.nextDouble() < errors) {
                EndpointState seen = past.get(Math.max(0, past.size() - 1 - random.nextInt(20)));
                ConditionalUpdate update = update(level, seen);
                state = (update.allowedBy(state) ? update : update(level, state)).applyTo(state);
                sum += 3;
                long raised = state.get(Attribute.FAULT_LEVEL) - state.get(Attribute.TOTAL_REQUESTS);
                assertThat(raised).isBetween(before + 3 - 10, Math.min(before + 3, sum));
                before = Math.max(0, raised);
            } else {
                answers(1);
                sum = Math.max(0, sum - 1);
                before = Math.max(0, before - 1);
            }
        }
    }

    private void faults(int count) {
        for (int i = 0; i < count; i++) {
            ConditionalUpdate update = update(level, state);
            assertThat(update.allowedBy(state)).isTrue();
            state = update.applyTo(state);
        }
    }

    private void answers(int count) {
        for (int i = 0; i < count; i++) {
            state = ConditionalUpdate.builder()
                    .add(Attribute.TOTAL_REQUESTS, 1)
                    .build()
                    .applyTo(state);
        }
    }

    private static ConditionalUpdate update(FaultLevel level, EndpointState seen) {
        ConditionalUpdate.Builder outcome = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        level.raise(outcome, seen);
        return outcome.build();
    }

    private static Settings.Health withSuspectErrorRate(double rate) {
        return new SettingsBuilder().suspectErrorRate(rate).health();
    }
}
