package ailb.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatedCounterTest {

    private static final DatedCounter COUNTER = DatedCounter.SPEND;
    private static final long TODAY = 20_000;

    @Test
    void aDateIsBegunOnce() {
        EndpointState old = add(EndpointState.EMPTY, TODAY - 1);
        ConditionalUpdate second = update(old, TODAY);
        EndpointState begun = add(old, TODAY);

        assertThat(second.allowedBy(begun)).isFalse();
        assertThat(COUNTER.value(begun, TODAY)).isEqualTo(5);
    }

    @Test
    void whatWasMeantForADateThatIsOverIsNotAddedToTheNext() {
        EndpointState old = add(EndpointState.EMPTY, TODAY - 1);
        ConditionalUpdate late = update(old, TODAY - 1);

        assertThat(late.allowedBy(add(old, TODAY))).isFalse();
    }

    private static EndpointState add(EndpointState state, long today) {
        return update(state, today).applyTo(state);
    }

    private static ConditionalUpdate update(EndpointState state, long today) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        COUNTER.add(update, state, today, 5);
        return update.build();
    }
}
