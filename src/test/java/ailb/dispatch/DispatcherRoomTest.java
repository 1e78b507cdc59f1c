package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static ailb.dispatch.ScriptedUpstream.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests where there is little room, or others are quicker: limits, races, throttled items. */
class DispatcherRoomTest extends DispatcherFixture {

    @Test
    void aProvidersRateLimitIsNoFaultAndTheCallGoesElsewhere() throws InterruptedException {
        upstream.always("a", () -> rateLimited("20"));
        Dispatcher dispatcher = dispatcher(pool(openAi("a"), openAi("b")));

        for (int i = 0; i < 30; i++) {
            assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
        }

        assertThat(countOf("a")).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_RATE_LIMITED)).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(state("a").get(Attribute.HOLD)).isEqualTo(START + Duration.ofSeconds(20).toNanos());
    }

    @Test
    void aRateLimitWithoutATimeLeavesTheEndpointAloneForOneToFiveSeconds() throws InterruptedException {
        upstream.then("a", () -> error(429, "requests", "rate_limit_exceeded"));

        dispatch(pool(openAi("a"), openAi("b")));
        if (countOf("a") == 0) {
            dispatch(pool(openAi("a")));
        }

        assertThat(state("a").get(Attribute.HOLD) - START)
                .isBetween(Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(5).toNanos());
    }

    @Test
    void aFullPoolIsWaitedForWhileTheWaitIsShort() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(60)));
        dispatch(pool);

        assertThat(dispatch(pool)).isInstanceOf(DispatchResult.Answered.class);

        assertThat(time.sleeps()).hasSize(1);
        assertThat(time.sleeps().getFirst().toMillis()).isEqualTo(1052);
    }

    @Test
    void aFullPoolIs429WithAWaitThatIsTrue() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(6)), openAi("b", perMinute(5)));
        Dispatcher dispatcher = dispatcher(pool);
        dispatch(dispatcher);
        dispatch(dispatcher);

        DispatchResult refused = dispatch(dispatcher);

        assertDeclined(refused, 429, "rate_limit_exceeded");
        Duration wait = ((DispatchResult.Declined) refused).retryAfter().orElseThrow();
        assertThat(wait.toMillis()).isEqualTo(10_526);
        assertThat(upstream.calls()).hasSize(2);
        time.pass(wait);
        assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
    }

    @Test
    void aRefusedRequestTakesNoPermit() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(6)));
        dispatch(pool);
        EndpointState before = state("a");

        dispatch(pool);

        assertThat(state("a")).isEqualTo(before);
    }

    @Test
    void aRequestThatTheStoreRefusesGoesToAnotherEndpoint() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(6)), openAi("b", perMinute(6)));
        Dispatcher stale = dispatcher(pool);
        dispatch(stale);
        String taken = upstream.calls().getFirst();
        String free = taken.equals("a") ? "b" : "a";
        dispatch(dispatcher(pool(openAi(free, perMinute(6)))));

        assertDeclined(dispatch(stale), 429, "rate_limit_exceeded");
        assertThat(events).contains(new DispatchEvent.Refused(free));
    }

    @Test
    void aThrottledItemIsPassedOverAndIsNoOutage() throws InterruptedException {
        store.throttled = "a"::equals;

        for (int i = 0; i < 20; i++) {
            assertThat(dispatch(pool(openAi("a"), openAi("b")))).isInstanceOf(DispatchResult.Answered.class);
        }
        assertThat(countOf("a")).isZero();
        assertThat(events)
                .contains(new DispatchEvent.Throttled("a"))
                .noneMatch(DispatchEvent.StoreTrouble.class::isInstance);
    }

    /** Quicker instances take the slot seen free, three times in a row; there is room in time all the while. */
    @Test
    void aRequestThatLosesEveryRaceLooksAgainAndIsAnswered() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(60)));
        dispatch(pool);
        store.rivals = 3;

        assertThat(dispatch(pool)).isInstanceOf(DispatchResult.Answered.class);
        assertThat(store.rivals).isZero();
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedTwiceAndTheCallGoesOnWithoutIt() throws InterruptedException {
        store.down = true;

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b"), openAi("c")));

        assertThat(result).isInstanceOf(DispatchResult.Answered.class);
        assertThat(store.reads() + store.updates()).isEqualTo(2);
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void anUnknownReportIsNotRepeated() throws InterruptedException {
        upstream.then("a", () -> {
            store.down = true;
            return ScriptedUpstream.answer();
        });

        assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);
        assertThat(store.updates()).isEqualTo(2);
    }

    @Test
    void aViewIsReadAgainOnlyWhenItIsOld() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(pool(openAi("a")));
        dispatch(dispatcher);
        time.pass(Duration.ofMillis(249));
        dispatch(dispatcher);
        assertThat(store.reads()).isEqualTo(1);

        time.pass(Duration.ofMillis(1));
        dispatch(dispatcher);
        assertThat(store.reads()).isEqualTo(2);
    }

    @Test
    void aTrafficOfManyInstancesCostsTwoWritesARequest() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(6000)), openAi("b", perMinute(6000)));
        List<Dispatcher> instances = List.of(dispatcher(pool), dispatcher(pool), dispatcher(pool));
        for (int i = 0; i < 300; i++) {
            time.pass(Duration.ofMillis(40));
            dispatch(instances.get(i % 3));
        }

        assertThat(upstream.calls()).hasSize(300);
        assertThat(store.updates()).isLessThanOrEqualTo(615);
    }
}
