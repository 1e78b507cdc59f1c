package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownP95Test {

    private static final long SECOND = 1_000_000_000L;

    /** The start of an epoch. */
    private static final long START = 1_800_000_000L * SECOND;

    private EndpointState state = EndpointState.EMPTY;

    @Test
    void nothingIsKnownOfANewEndpoint() {
        assertThat(known(START).weight()).isZero();
    }

    @Test
    void theWindowTellsWhereItHoldsTenAnswers() {
        answers(START, 10, 200);

        KnownP95 known = known(START + SECOND);

        // 200 ms fall into the bucket up to 100 x 1.25^4
        assertThat(known.nanos()).isCloseTo(244.140625e6, within(1.0));
        assertThat(known.weight()).isEqualTo(1);
    }

    @Test
    void oneSlowAnswerOfTwentyIsNotTheP95ButTwoAre() {
        answers(START, 19, 200);
        answers(START, 1, 3000);

        assertThat(known(START).nanos()).isCloseTo(244.140625e6, within(1.0));

        state = EndpointState.EMPTY;
        answers(START, 18, 200);
        answers(START, 2, 3000);

        assertThat(known(START).nanos()).isCloseTo(3552.713679e6, within(10.0));
    }

    /** In the epoch after, the ten answers weigh as much as is left of it: too little from its first moment on. */
    @Test
    void whatTheWindowToldStaysKnownForAMinute() {
        answers(START + 20 * SECOND, 10, 200);

        assertThat(known(START + 35 * SECOND).nanos())
                .isCloseTo(244.140625e6, within(1.0));
        assertThat(weight(START + 29 * SECOND)).isEqualTo(1);
        assertThat(weight(START + 35 * SECOND)).isCloseTo(0.75, within(1e-9));
        assertThat(weight(START + 65 * SECOND)).isCloseTo(0.25, within(1e-9));
        assertThat(known(START + 80 * SECOND).weight()).isZero();
    }

    @Test
    void tooFewAnswersLeaveWhatWasKnown() {
        answers(START, 10, 200);
        answers(START + 60 * SECOND, 9, 3000);

        assertThat(state.get(Attribute.P95)).isEqualTo(244_140_625);
        assertThat(state.get(Attribute.P95_AT)).isEqualTo(START);

        answers(START + 61 * SECOND, 1, 3000);

        // 100 x 1.25^16 ms
        assertThat(state.get(Attribute.P95)).isCloseTo(3_552_713_679L, within(1L));
        assertThat(state.get(Attribute.P95_AT)).isEqualTo(START + 61 * SECOND);
    }

    @Test
    void whatAClockAheadHasKeptIsAsGoodAsNew() {
        state = new EndpointState(Map.of(Attribute.P95, SECOND, Attribute.P95_AT, START + 5 * SECOND));

        assertThat(known(START)).isEqualTo(new KnownP95(1e9, 1));
    }

    private KnownP95 known(long now) {
        return KnownP95.of(state, Window.of(state, now), now);
    }

    private double weight(long now) {
        return known(now).weight();
    }

    private void answers(long now, long count, long millis) {
        ConditionalUpdate.Builder outcome = ConditionalUpdate.builder();
        Window.of(state, now)
                .count(outcome, Map.of(WindowSlot::successes, count, Latency.bucket(millis * 1e6), count));
        KnownP95.keep(outcome, outcome.build().applyTo(state), now);
        state = outcome.build().applyTo(state);
    }
}
