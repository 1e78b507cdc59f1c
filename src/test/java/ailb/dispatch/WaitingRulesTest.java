package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.WindowSlot;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a slot, and whom to choose. */
@Timeout(20)
class WaitingRulesTest extends DispatcherFixture {

    WaitingRulesTest() {
        super(HALF);
    }

    @Test
    void aPermitOfAnEarlierGenerationIsDroppedThoughTheEndpointIsInAgain() throws InterruptedException {
        fill("a", 20);
        time.duringSleep = () -> store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 2));

        dispatch(pool(even("a", 20)));

        assertThat(events).contains(new DispatchEvent.Dropped("a"));
    }

    @Test
    void aPermitIsDroppedWhenTheProviderHasAskedToBeLeftAloneMeanwhile() throws InterruptedException {
        fill("a", 20);
        time.duringSleep = () -> store.change(
                "a", ConditionalUpdate.builder().put(Attribute.HOLD, time.now() + Duration.ofSeconds(60).toNanos()));

        assertDeclined(dispatch(pool(even("a", 20))), 429);

        assertThat(events).contains(new DispatchEvent.Dropped("a"));
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void aSlotMissedByMoreThanASecondIsLost() throws InterruptedException {
        fill("a", 20);
        time.oversleep = Duration.ofMillis(1001);

        dispatch(pool(even("a", 20)));

        assertThat(events).contains(new DispatchEvent.Dropped("a"));
    }

    @Test
    void aSlotMissedByASecondIsStillGood() throws InterruptedException {
        fill("a", 20);
        time.oversleep = Duration.ofMillis(999);

        assertThat(dispatch(pool(even("a", 20)))).isInstanceOf(DispatchResult.Answered.class);

        assertThat(events).doesNotContain(new DispatchEvent.Dropped("a"));
    }

    @Test
    void aReadyEndpointThatTurnsOutFullIsNotWaitedForWhileAnotherIsFree() throws InterruptedException {
        Pool pool = pool(weighted("a", 1000, 60), weighted("b", 0.001, 60));
        Dispatcher stale = dispatcher(pool);
        stale.view().refresh();
        fill("a", 60);
        upstream.calls().clear();

        assertThat(dispatch(stale)).isInstanceOf(DispatchResult.Answered.class);

        assertThat(upstream.calls()).containsExactly("b");
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void aReadyEndpointThatTurnsOutFullIsWaitedForWhenThereIsNoOther() throws InterruptedException {
        Dispatcher stale = dispatcher(pool(even("a", 60)));
        stale.view().refresh();
        fill("a", 60);

        assertThat(dispatch(stale)).isInstanceOf(DispatchResult.Answered.class);
    }

    @Test
    void anEndpointThatRefusesForThrottlingIsAskedOnceOrTwiceAndNotForEver() throws InterruptedException {
        store.throttled = "a"::equals;

        dispatch(pool(openAi("a")));

        assertThat(store.updates()).isLessThanOrEqualTo(2);
    }

    @Test
    void aFullPoolIsTriedAtItsSoonestEndpointOnly() throws InterruptedException {
        fill("a", 60);
        fill("b", 50);
        store.throttled = List.of("a", "b")::contains;
        store.touches.clear();

        assertDeclined(dispatch(pool(even("a", 60), even("b", 50))), 429);

        assertThat(store.updates()).isEqualTo(1);
    }

    @Test
    void theSoonestEndpointHasNoKeySoTheNextSoonestIsWaitedFor() throws InterruptedException {
        fill("a", 60);
        fill("b", 30);
        keys.known("key-of-a", new ApiKeys.Missing("Put it."));

        assertThat(dispatch(pool(even("a", 60), even("b", 30)))).isInstanceOf(DispatchResult.Answered.class);

        assertThat(upstream.calls()).containsExactly("a", "b", "b");
    }

    @Test
    void trafficIsSharedByWeight() throws InterruptedException {
        random = new Random(5);
        Dispatcher dispatcher = dispatcher(pool(weighted("a", 1, 0), weighted("b", 3, 0)));
        for (int call = 0; call < 400; call++) {
            dispatch(dispatcher);
        }

        assertThat(upstream.calls().stream().filter("b"::equals).count()).isBetween(260L, 340L);
    }

    /** Answers have 5 output tokens. */
    @Test
    void theOutputOfACallIsExpectedToBeTheMeanOfTenAnswers() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(pool(openAi("a")));
        for (int call = 0; call < 10; call++) {
            dispatch(dispatcher);
        }
        assertThat(admittedOutput("a")).as("a guess for each").isEqualTo(10 * 512);

        dispatch(dispatcher);

        assertThat(admittedOutput("a")).isEqualTo(10 * 512 + 5);
    }

    private long admittedOutput(String endpoint) {
        return Attribute.WINDOW.stream().map(WindowSlot::admittedOutput).mapToLong(store.state(endpoint)::get).sum();
    }
}
