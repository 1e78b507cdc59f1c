package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An endpoint that gets 1,000 calls a second of the 2,000 it takes, of which 20 by this instance. */
class LeasedModeTest extends DispatcherFixture {

    private static final Duration BETWEEN = Duration.ofMillis(50);

    private final Pool pool = pool(openAi("a", Endpoints.requests(Pacing.BUCKET, 120_000)));
    private final Dispatcher dispatcher = dispatcher(pool);

    @BeforeEach
    void busy() {
        loaded("a", 1000);
    }

    @Test
    void oneWriteTakesThePermitsOfTenCallsAndReportsTen() throws InterruptedException {
        calls(dispatcher, 40);
        store.touches.clear();

        calls(dispatcher, 100);

        assertThat(store.updates()).isBetween(10, 11);
        assertThat(upstream.calls()).hasSize(140);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isBetween(130L, 140L);
    }

    @Test
    void anInstanceThatHasFewCallsLeasesFew() throws InterruptedException {
        // one in 2 s: of the two and a half that come in 5 s, hardly more than one is provided for
        for (int call = 0; call < 20; call++) {
            loaded("a", 1000);
            dispatch(dispatcher);
            time.pass(Duration.ofSeconds(2));
        }

        long admitted = admitted();
        assertThat(admitted).as("permits of the last epoch, for 15 calls at most").isLessThanOrEqualTo(16);
    }

    @Test
    void noMoreThanTenPermitsAreLostWithAnInstance() throws InterruptedException {
        calls(dispatcher, 45);

        assertThat(admitted() - 45).isBetween(1L, 9L);
    }

    @Test
    void anInstanceThatWasFrozenUsesNoPermitOfBefore() throws InterruptedException {
        calls(dispatcher, 45);
        assertThat(writes(dispatcher)).as("a permit is held").isZero();

        time.pass(Duration.ofSeconds(6));

        assertThat(writes(dispatcher)).isGreaterThanOrEqualTo(1);
    }

    /** A second's worth at once: permits are held for half a second, and 100 calls a second come here. */
    @Test
    void permitsLastForHalfTheBurstAtMost() throws InterruptedException {
        Dispatcher smooth = dispatcher(pool(openAi("a", Endpoints.requests(Pacing.SMOOTH, 120_000))));
        for (int call = 0; call < 105; call++) {
            fleetHasTaken(Duration.ofMillis(515));
            dispatch(smooth);
            time.pass(Duration.ofMillis(10));
        }
        assertThat(store.updates()).isLessThan(60);
        assertThat(admitted()).as("some are held").isGreaterThan(105);

        time.pass(Duration.ofMillis(520));

        assertThat(writes(smooth)).isGreaterThanOrEqualTo(1);
    }

    @Test
    void aRetryLeasesNothing() throws InterruptedException {
        Endpoint limited = openAi("a", Endpoints.requests(Pacing.BUCKET, 120_000));
        Dispatcher two = dispatcher(pool(limited, Endpoints.endpoint("b", Provider.OPENAI, 1e9, NO_LIMITS)));
        store.change("b", ConditionalUpdate.builder().put(Attribute.HOLD, Long.MAX_VALUE));
        calls(two, 45);
        store.change("b", ConditionalUpdate.builder().put(Attribute.HOLD, 0));
        time.pass(Duration.ofSeconds(6));
        upstream.then("b", () -> ScriptedUpstream.error(500, "server_error", "internal"));
        long before = admitted();

        dispatch(two);

        assertThat(upstream.calls().subList(45, 47)).containsExactly("b", "a");
        assertThat(admitted() - before).isEqualTo(1);
    }

    @Test
    void noPermitOutlivesAMoveOfTheBreaker() throws InterruptedException {
        calls(dispatcher, 45);
        store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 2));
        time.pass(Duration.ofMillis(300));

        assertThat(writes(dispatcher)).isGreaterThanOrEqualTo(1);
    }

    @Test
    void noPermitIsUsedWhileTheProviderIsToBeLeftAlone() throws InterruptedException {
        calls(dispatcher, 45);
        long until = time.now() + Duration.ofSeconds(2).toNanos();
        store.change("a", ConditionalUpdate.builder().put(Attribute.HOLD, until));
        time.pass(Duration.ofMillis(300));

        dispatch(dispatcher);

        assertThat(time.now()).isGreaterThanOrEqualTo(until);
    }

    @Test
    void whereCallsGoOneAtATimeNothingIsLeased() throws InterruptedException {
        Dispatcher even = dispatcher(pool(openAi("a", Endpoints.requests(Pacing.EVEN, 120_000))));
        for (int call = 0; call < 40; call++) {
            dispatch(even);
            time.pass(BETWEEN);
        }

        assertThat(store.updates()).isEqualTo(40);
        assertThat(admitted()).isEqualTo(40);
    }

    @Test
    void belowTheLoadOfLeasesNothingIsLeased() throws InterruptedException {
        loaded("a", 500);
        calls(dispatcher, 40);

        assertThat(store.updates()).isEqualTo(40);
        assertThat(admitted()).isEqualTo(40);
    }

    /** A call is half a millisecond of the minute that the bucket holds. */
    @Test
    void whereThereIsRoomForOneOnlyOneIsTaken() throws InterruptedException {
        calls(dispatcher, 40);
        time.pass(Duration.ofSeconds(6));
        long before = admitted();
        store.touches.clear();
        for (int call = 0; call < 3; call++) {
            fleetHasTaken(Duration.ofSeconds(60).minusNanos(600_000));
            dispatch(dispatcher);
            time.pass(Duration.ofMillis(300));
        }

        assertThat(admitted() - before).isEqualTo(3);
        assertThat(store.updates()).isEqualTo(3);
    }

    @Test
    void aProbeTakesOnePermitAndNoneThatIsHeld() throws InterruptedException {
        calls(dispatcher, 45);
        store.change("a", ConditionalUpdate.builder()
                .put(Attribute.BREAKER, 1)
                .put(Attribute.OPEN_UNTIL, time.now())
                .add(Attribute.GENERATION, 1));
        time.pass(Duration.ofMillis(300));
        long before = admitted();

        dispatch(dispatcher);

        assertThat(admitted() - before).isEqualTo(1);
        assertThat(state("a").has(Attribute.BREAKER)).isFalse();
    }

    @Test
    void aFailedCallIsReportedAtOnce() throws InterruptedException {
        calls(dispatcher, 45);
        long before = state("a").get(Attribute.TOTAL_FAILURES);
        upstream.then("a", () -> ScriptedUpstream.error(500, "server_error", "internal"));

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_FAILURES) - before).isEqualTo(1);
    }

    private void calls(Dispatcher by, int number) throws InterruptedException {
        for (int call = 0; call < number; call++) {
            fleetHasTaken(Duration.ofSeconds(5));
            dispatch(by);
            time.pass(BETWEEN);
        }
    }

    /** The other instances' leases keep the item where it is for permits that are held for 5 s. */
    private void fleetHasTaken(Duration ahead) {
        long tat = time.now() + ahead.toNanos();
        store.change("a", ConditionalUpdate.builder().put(Attribute.REQUESTS, tat));
    }

    private int writes(Dispatcher by) throws InterruptedException {
        store.touches.clear();
        dispatch(by);
        return store.updates();
    }

    /** In the epoch of now, of this instance only. */
    private long admitted() {
        WindowSlot slot = Attribute.WINDOW.get((int) Math.floorMod(
                Math.floorDiv(time.now(), Window.LENGTH.toNanos()), 2L));
        return state("a").get(slot.admitted());
    }
}
