package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Endpoints that are taken out, tried, and taken in again, as requests see it. */
class DispatcherHealthTest extends DispatcherFixture {

    @Test
    void threeFaultsInARowTakeAnEndpointOutForTheWholeFleetForAMinute() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));
        Pool pool = pool(openAi("a"), openAi("b"));
        Dispatcher one = dispatcher(pool);
        while (!upstream.calls().containsAll(List.of("a")) || countOf("a") < 3) {
            dispatch(one);
        }

        assertThat(events).contains(new DispatchEvent.Opened("a", FailureClass.SERVER));
        Dispatcher another = dispatcher(pool);
        int before = countOf("a");
        for (int i = 0; i < 50; i++) {
            dispatch(another);
        }
        assertThat(countOf("a")).isEqualTo(before);

        time.pass(Duration.ofMinutes(1));
        for (int i = 0; i < 50; i++) {
            assertThat(dispatch(another)).isInstanceOf(DispatchResult.Answered.class);
        }
        assertThat(countOf("a")).as("one probe, which fails over").isEqualTo(before + 1);
    }

    @Test
    void anEndpointThatIsWellAgainIsFoundByOneProbeAndStartsSlowly() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        Dispatcher dispatcher = dispatcher(pool(openAi("a"), openAi("b")));
        time.pass(Duration.ofMinutes(1));

        dispatch(dispatcher);

        assertThat(upstream.calls()).containsExactly("a");
        assertThat(events).contains(new DispatchEvent.Closed("a"));
        for (int i = 0; i < 200; i++) {
            dispatch(dispatcher);
        }
        // a tenth of the weight beside a whole one: 1 in 11
        assertThat(countOf("a")).isBetween(8, 35);
    }

    @Test
    void withNothingElseLeftAnEndpointThatIsOutIsTriedOnceASecond() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        Dispatcher dispatcher = dispatcher(pool(openAi("a")));
        for (int i = 0; i < 40; i++) {
            assertDeclined(dispatch(dispatcher), 503, "no_healthy_endpoint");
            time.pass(Duration.ofMillis(250));
        }

        assertThat(countOf("a")).isBetween(9, 11);
        assertThat(state("a").get(Attribute.OPEN_UNTIL)).isEqualTo(START + Duration.ofMinutes(1).toNanos());
        upstream.always("a", ScriptedUpstream::answer);
        time.pass(Duration.ofSeconds(1));
        assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
    }

    @Test
    void anEndpointThatIsOutIsNotTriedEarlyWhileAnotherIsIn() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        time.pass(Duration.ofSeconds(5));
        Dispatcher dispatcher = dispatcher(pool(openAi("a"), openAi("b")));

        for (int i = 0; i < 5; i++) {
            dispatch(dispatcher);
        }

        assertThat(upstream.calls()).containsExactly("b", "b", "b", "b", "b");
    }

    @Test
    void withEveryEndpointOutTheOneDueSoonestIsTriedFirst() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofSeconds(60));
        takeOut("b", FailureClass.SERVER, Duration.ofSeconds(30));
        takeOut("c", FailureClass.SERVER, Duration.ofSeconds(60));

        dispatch(pool(openAi("a"), openAi("b"), openAi("c")));

        assertThat(upstream.calls()).containsExactly("b");
    }

    @Test
    void oneThatIsDueAndHasNoRoomKeepsNoOtherFromBeingTriedEarly() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ZERO);
        store.change(
                "a",
                ConditionalUpdate.builder().put(Attribute.HOLD, time.now() + Duration.ofHours(1).toNanos()));
        takeOut("b", FailureClass.SERVER, Duration.ofMinutes(1));

        assertThat(dispatch(pool(openAi("a"), openAi("b")))).isInstanceOf(DispatchResult.Answered.class);

        assertThat(upstream.calls()).containsExactly("b");
    }

    @Test
    void anEndpointOutForAPersonIsNotTriedEarly() throws InterruptedException {
        takeOut("a", FailureClass.QUOTA, Duration.ofMinutes(5));

        assertDeclined(dispatch(pool(openAi("a"))), 503, "no_healthy_endpoint");

        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void anEndpointOutForItsKeyIsTriedAtOnceWithAnotherKey() throws InterruptedException {
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        Dispatcher dispatcher = dispatcher(pool(openAi("a")));
        assertDeclined(dispatch(dispatcher), 503, "no_healthy_endpoint");
        assertDeclined(dispatch(dispatcher), 503, "no_healthy_endpoint");

        keys.known("key-of-a", new ApiKeys.ApiKey("put-by-the-owner"));

        assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
        assertThat(upstream.calls()).hasSize(2);
    }

    @Test
    void aProbeWithAnOldKeyIsGivenBackAndMadeAnewWithTheNewOne() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        time.pass(Duration.ofMinutes(1));
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        keys.fetched("key-of-a", new ApiKeys.ApiKey("rotated"));

        assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);
        assertThat(events).contains(new DispatchEvent.Closed("a"));
    }

    @Test
    void oneProbeIsInFlightAmongAThousandInstances() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        time.pass(Duration.ofMinutes(1));
        Pool pool = pool(openAi("a"), openAi("b"));
        List<Dispatcher> fleet =
                Stream.generate(() -> dispatcher(pool)).limit(1000).toList();
        int[] inFlight = {0};
        upstream.always("a", () -> {
            inFlight[0]++;
            if (inFlight[0] == 1) {
                for (Dispatcher instance : fleet) {
                    dispatchUnchecked(instance);
                }
            }
            return ScriptedUpstream.answer();
        });

        dispatch(pool);

        assertThat(inFlight[0]).isEqualTo(1);
    }

    @Test
    void anAnswerBetweenFaultsKeepsAnEndpointIn() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            upstream.then("a", () -> error(500, "server_error", "x"))
                    .then("a", () -> error(500, "server_error", "x"))
                    .then("a", ScriptedUpstream::answer);
        }

        for (int i = 0; i < 4; i++) {
            assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);
        }

        assertThat(events).noneMatch(DispatchEvent.Opened.class::isInstance);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(8);
    }

    @Test
    void withEveryEndpointOutTheCallerIsToldWhy() throws InterruptedException {
        upstream.always("a", () -> error(404, "invalid_request_error", "model_not_found"));

        DispatchResult first = dispatch(pool(openAi("a")));
        DispatchResult second = dispatch(pool(openAi("a")));

        assertDeclined(first, 503, "no_healthy_endpoint");
        assertDeclined(second, 503, "no_healthy_endpoint");
        assertThat(told(second).message())
                .isEqualTo("No endpoint for this model is healthy: the provider does not know the model."
                        + " GET /v1/pool tells more.");
        assertThat(((DispatchResult.Declined) second).retryAfter()).contains(Duration.ofMinutes(5));
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void aPermitIsDroppedWhenItsEndpointWentOutDuringTheWait() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(20)));
        dispatch(pool);
        int reads = store.reads();
        store.beforeRead = () -> {
            if (store.reads() == reads + 2) {
                store.change("a", ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.REASON, 2)
                        .put(Attribute.OPEN_UNTIL, START + Duration.ofMinutes(5).toNanos())
                        .add(Attribute.GENERATION, 1));
            }
        };

        DispatchResult result = dispatch(pool);

        assertDeclined(result, 503, "no_healthy_endpoint");
        assertThat(events).contains(new DispatchEvent.Dropped("a"));
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void aReportFromBeforeAMoveOfTheBreakerChangesTotalsOnly() throws InterruptedException {
        upstream.then("a", () -> {
            store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 1));
            return error(500, "server_error", "x");
        });

        dispatch(pool(openAi("a"), openAi("b")), "a");

        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
    }

    /** The one that is in refuses: that is no reason to try the one that is out before its time. */
    @Test
    void anEndpointThatIsOutIsNotTriedEarlyWhileTheOneThatIsInRefuses() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        time.pass(Duration.ofSeconds(5));
        store.throttled = "b"::equals;

        assertDeclined(dispatch(pool(openAi("a"), openAi("b"))), 429, "rate_limit_exceeded");

        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void anEndpointThatIsOutIsNotTriedEarlyWhileOthersAreQuickerAtTheOneThatIsIn() throws InterruptedException {
        takeOut("a", FailureClass.SERVER, Duration.ofMinutes(1));
        time.pass(Duration.ofSeconds(5));
        store.rivals = 3;

        assertThat(dispatch(pool(openAi("a"), openAi("b")))).isInstanceOf(DispatchResult.Answered.class);

        assertThat(upstream.calls()).containsExactly("b");
        assertThat(store.rivals).isZero();
    }

    private void dispatchUnchecked(Dispatcher dispatcher) {
        try {
            dispatch(dispatcher);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void takeOut(String endpoint, FailureClass reason, Duration time) {
        store.change(
                endpoint,
                ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.REASON, reason == FailureClass.QUOTA ? 2 : 6)
                        .put(Attribute.OPEN_UNTIL, this.time.now() + time.toNanos())
                        .add(Attribute.GENERATION, 1));
    }

    /** Dispatches until the endpoint was the first to be called. */
    private DispatchResult dispatch(Pool pool, String first) throws InterruptedException {
        Dispatcher dispatcher = dispatcher(pool);
        DispatchResult result;
        do {
            result = dispatch(dispatcher);
        } while (!upstream.calls().contains(first));
        return result;
    }
}
