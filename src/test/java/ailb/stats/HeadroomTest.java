package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadroomTest {

    private static final long NOW = 1_800_000_029_999_999_999L;

    /** Of 600 a minute bucket pacing uses all; 100 calls in 30 s are 200 a minute, and a third of the limit drains in 20 s. */
    @Test
    void whatTheLastMinuteTookIsNotLeftAndDrainsAtTheLimitsRate() {
        Endpoint endpoint = endpoint("a", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L));

        assertThat(Headroom.of(List.of(endpoint), _ -> admitted(100, 0, 0), NOW))
                .containsExactly(
                        new Headroom(LimitKind.REQUESTS_PER_MINUTE, 600, 400, Duration.ofSeconds(20)));
    }

    @Test
    void onlyWhatThePacingUsesOfALimitCanBeHad() {
        Endpoint endpoint = endpoint(
                "a", Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_MINUTE, 100L, LimitKind.TOKENS_PER_MINUTE, 1000L));

        assertThat(Headroom.of(List.of(endpoint), _ -> EndpointState.EMPTY, NOW))
                .containsExactly(
                        new Headroom(LimitKind.REQUESTS_PER_MINUTE, 97, 97, Duration.ZERO),
                        new Headroom(LimitKind.TOKENS_PER_MINUTE, 800, 800, Duration.ZERO));
    }

    @Test
    void endpointsAddUpAndTheSlowestToDrainIsWaitedFor() {
        Endpoint a = endpoint("a", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L));
        Endpoint b = endpoint("b", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L));
        Map<String, EndpointState> states = Map.of("a", admitted(15, 0, 0), "b", admitted(30, 0, 0));

        assertThat(Headroom.of(List.of(a, b), endpoint -> states.get(endpoint.name()), NOW))
                .containsExactly(new Headroom(LimitKind.REQUESTS_PER_MINUTE, 660, 570, Duration.ofSeconds(30)));
    }

    @Test
    void limitsOnInputAndOutputAreOneOnTheirSumToo() {
        Endpoint endpoint = endpoint(
                "a",
                Pacing.BUCKET,
                Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 1000L, LimitKind.OUTPUT_TOKENS_PER_MINUTE, 200L));

        assertThat(Headroom.of(List.of(endpoint), _ -> admitted(1, 250, 50), NOW))
                .containsExactly(
                        new Headroom(LimitKind.TOKENS_PER_MINUTE, 1200, 600, Duration.ofSeconds(30)),
                        new Headroom(LimitKind.INPUT_TOKENS_PER_MINUTE, 1000, 500, Duration.ofSeconds(30)),
                        new Headroom(LimitKind.OUTPUT_TOKENS_PER_MINUTE, 200, 100, Duration.ofSeconds(30)));
    }

    @Test
    void whereOneEndpointHasNoLimitTheyHaveNoneTogether() {
        Endpoint limited = endpoint("a", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L));
        Endpoint unlimited = endpoint("b", Pacing.BUCKET, Map.of());

        assertThat(Headroom.of(List.of(limited, unlimited), _ -> EndpointState.EMPTY, NOW)).isEmpty();
    }

    @Test
    void whatIsOutDoesNotCount() {
        Endpoint in = endpoint("in", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L));
        Endpoint out = endpoint("out", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L));
        EndpointState open = new EndpointState(Map.of(Attribute.BREAKER, 1L, Attribute.OPEN_UNTIL, NOW + 1));

        assertThat(Headroom.of(
                List.of(in, out), endpoint -> endpoint.equals(out) ? open : EndpointState.EMPTY, NOW))
                .containsExactly(new Headroom(LimitKind.REQUESTS_PER_MINUTE, 60, 60, Duration.ZERO));
        assertThat(Headroom.of(List.of(out), _ -> open, NOW)).isEmpty();
    }

    @Test
    void anEndpointThatAskedToBeLeftAloneHasNothingLeftUntilThen() {
        Endpoint endpoint = endpoint("a", Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L));
        EndpointState held =
                new EndpointState(Map.of(Attribute.HOLD, NOW + Duration.ofSeconds(7).toNanos()));

        assertThat(Headroom.of(List.of(endpoint), _ -> held, NOW))
                .containsExactly(new Headroom(LimitKind.REQUESTS_PER_MINUTE, 60, 0, Duration.ofSeconds(7)));
    }

    @Test
    void noMoreRequestsAreLeftOfAMinuteThanOfTheDay() {
        Endpoint endpoint = endpoint(
                "a",
                Pacing.BUCKET,
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.REQUESTS_PER_DAY, 200L));
        // 2027-01-15 is day 20,833 since the epoch
        EndpointState state = new EndpointState(Map.of(Attribute.DAY, 20_833L, Attribute.DAY_REQUESTS, 195L));

        assertThat(Headroom.of(List.of(endpoint), _ -> state, NOW))
                .containsExactly(new Headroom(LimitKind.REQUESTS_PER_MINUTE, 60, 5, Duration.ZERO));
    }

    @Test
    void theDaysRequestsAreNoBoundOnTokens() {
        Endpoint endpoint = endpoint(
                "a", Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 1000L, LimitKind.REQUESTS_PER_DAY, 200L));

        assertThat(Headroom.of(List.of(endpoint), _ -> EndpointState.EMPTY, NOW))
                .containsExactly(new Headroom(LimitKind.TOKENS_PER_MINUTE, 1000, 1000, Duration.ZERO));
    }

    private static Endpoint endpoint(String name, Pacing pacing, Map<LimitKind, Long> limits) {
        return Endpoints.openAi(name, Endpoints.limits(pacing, new HashMap<>(limits)));
    }

    private static EndpointState admitted(long calls, long input, long output) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(EndpointState.EMPTY, NOW)
                .count(
                        update,
                        Map.of(
                                WindowSlot::admitted, calls,
                                WindowSlot::admittedInput, input,
                                WindowSlot::admittedOutput, output));
        return update.build().applyTo(EndpointState.EMPTY);
    }
}
