package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.SettingsBuilder;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that does not answer: what instances go on by, and how they come back. */
class StoreDownTest extends DispatcherFixture {

    @Test
    void afterTwoFailuresCallsAreAnsweredWithoutTheStore() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.down = true;

        assertAnswered(dispatch(dispatcher));
        assertThat(store.touches).containsExactly("read", "a");
        assertThat(dispatcher.storeDownSince()).isEqualTo(OptionalLong.of(START));
        assertThat(events).containsOnlyOnce(new DispatchEvent.StoreDown("all", "down"));

        assertAnswered(dispatch(dispatcher));
        assertThat(store.touches).hasSize(2);
    }

    @Test
    void aStoreThatStaysDownIsToldOfAgainAtEveryTry() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.down = true;
        assertAnswered(dispatch(dispatcher));

        for (int i = 0; i < 8; i++) {
            time.pass(Duration.ofMillis(500));
            assertAnswered(dispatch(dispatcher));
        }

        assertThat(events).filteredOn(new DispatchEvent.StoreStillDown("all", "down")::equals).hasSize(4);
        assertThat(events).containsOnlyOnce(new DispatchEvent.StoreDown("all", "down"));
    }

    @Test
    void oneWriteOfUnknownOutcomeGrantsNothingAndIsNoOutage() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        AtomicInteger writes = new AtomicInteger();
        store.unanswered = _ -> writes.incrementAndGet() == 1;

        assertAnswered(dispatch(dispatcher));

        assertThat(upstream.calls()).hasSize(1);
        assertThat(admitted("a")).as("the permit nobody knows of is written off").isEqualTo(2);
        assertThat(store.touches)
                .as("read, written off, refused since it was made after all, admitted, reported")
                .containsExactly("read", "a", "a", "a", "a");
        assertThat(dispatcher.storeDownSince()).isEmpty();
    }

    /** Reports are lost and reads go on well: the row of failures goes on too. */
    @Test
    void aStoreThatCanOnlyBeReadIsDown() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        AtomicInteger writes = new AtomicInteger();
        store.unanswered = _ -> writes.incrementAndGet() >= 2;

        assertAnswered(dispatch(dispatcher));
        time.pass(Duration.ofMillis(300));
        assertAnswered(dispatch(dispatcher));
        assertThat(store.touches).containsExactly("read", "a", "a", "read", "a");
        assertThat(dispatcher.storeDownSince()).isPresent();

        time.pass(Duration.ofSeconds(1));
        assertAnswered(dispatch(dispatcher));
        assertThat(dispatcher.storeDownSince()).as("still cannot be written to").isPresent();
    }

    @Test
    void failuresThatAreNotInARowAreNoOutage() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        AtomicInteger writes = new AtomicInteger();
        store.unanswered = _ -> writes.incrementAndGet() % 2 == 0;

        for (int i = 0; i < 10; i++) {
            assertAnswered(dispatch(dispatcher));
        }

        assertThat(dispatcher.storeDownSince()).isEmpty();
        assertThat(events).noneMatch(DispatchEvent.StoreDown.class::isInstance);
    }

    /** An instance that is only asked how things are makes no write that could end the row. */
    @ParameterizedTest
    @CsvSource({"9, true", "11, false"})
    void readsThatFailFarApartAreNoOutage(int seconds, boolean isOutage) {
        Dispatcher dispatcher = dispatcher(openAi("a"));

        store.down = true;
        dispatcher.view().refresh();
        store.down = false;
        time.pass(Duration.ofSeconds(1));
        dispatcher.view().refresh();
        time.pass(Duration.ofSeconds(seconds - 1));
        store.down = true;
        dispatcher.view().refresh();

        assertThat(dispatcher.storeDownSince().isPresent()).isEqualTo(isOutage);
    }

    /** The two writes of one request fail, with answers to another's between: the only 503 there is. */
    @Test
    void aRequestThatOnlyTheOthersGetAnswersForIs503() throws InterruptedException {
        Endpoint a = openAi("a");
        Endpoint other =
                new EndpointBuilder("b").models(List.of("other")).apiKey("key").price(null).build();
        Dispatcher dispatcher = dispatcher(a, other);
        store.unanswered = name -> {
            if (name.equals("a")) {
                dispatchUnchecked(dispatcher, "other");
            }
            return name.equals("a");
        };

        DispatchResult result = dispatch(dispatcher);

        assertThat(result).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(503);
            assertThat(declined.error().code()).isEqualTo("state_store_unavailable");
        });
        assertThat(dispatcher.storeDownSince()).isEmpty();
        assertThat(upstream.calls()).hasSize(2).containsOnly("b");
    }

    /** A hundredth of 600 a minute: 6 at once, then one every 10 s: 12 by the end of the minute. */
    @Test
    void withoutASnapshotTheShareIsTheSettings() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a", Endpoints.requests(Pacing.BUCKET, 600)));
        store.down = true;

        assertThat(answered(dispatcher, 20)).isEqualTo(6);
        int later = 0;
        for (int second = 1; second <= 60; second++) {
            time.pass(Duration.ofSeconds(1));
            later += answered(dispatcher, 2);
        }
        assertThat(later).isEqualTo(6);
    }

    /**
     * 20 of 600 taken, 3 given back within 0.3 s: 583 are left. Of 25 calls, 5 of them unseen, 15 were one's: of its 360
     * are 10.2 in use, 349 free; of the other's 120 are 3.4 in use, 116 free.
     */
    @Test
    void instancesKeepToTheirPartsInTheTrafficAndTheFleetToTheLimit() throws InterruptedException {
        Endpoint endpoint = openAi("a", Endpoints.requests(Pacing.BUCKET, 600));
        Dispatcher one = dispatcher(endpoint);
        Dispatcher two = dispatcher(endpoint);
        assertThat(answered(one, 15)).isEqualTo(15);
        assertThat(answered(two, 5)).isEqualTo(5);
        time.pass(Duration.ofMillis(300));
        one.view().refresh();
        two.view().refresh();
        store.down = true;

        assertThat(answered(one, 600)).isEqualTo(349);
        assertThat(answered(two, 600)).isEqualTo(116);

        time.pass(Duration.ofSeconds(10));
        assertThat(answered(one, 600) + answered(two, 600)).as("10 s worth").isBetween(79, 81);
    }

    @Test
    void oneCallerASecondTriesTheStoreAgain() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.down = true;
        assertAnswered(dispatch(dispatcher));
        store.touches.clear();

        for (int i = 1; i <= 50; i++) {
            time.pass(Duration.ofMillis(100));
            assertAnswered(dispatch(dispatcher));
            assertThat(store.touches).hasSize(i / 10);
        }
        assertThat(dispatcher.storeDownSince()).isEqualTo(OptionalLong.of(START));
    }

    @Test
    void theFirstAnswerBringsTheInstanceBackToTheSharedStateAndItsTotalsGoOn() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        answered(dispatcher, 3);
        store.down = true;
        assertThat(answered(dispatcher, 5)).isEqualTo(5);
        store.down = false;
        assertThat(answered(dispatcher, 5)).as("not due yet").isEqualTo(5);
        assertThat(total("a")).isEqualTo(3);
        anotherInstanceAddsATotal("a");
        store.touches.clear();

        time.pass(Duration.ofSeconds(1));
        assertAnswered(dispatch(dispatcher));

        assertThat(store.touches).containsExactly("store-probe", "read", "a", "a");
        assertThat(dispatcher.storeDownSince()).isEmpty();
        assertThat(events)
                .containsOnlyOnce(new DispatchEvent.StoreUp("all", Duration.ofSeconds(1).toNanos()));
        assertThat(total("a")).as("what went on alone is not added").isEqualTo(5);
        assertThat(dispatcher.view().state(openAi("a")).get(Attribute.TOTAL_REQUESTS))
                .isEqualTo(5);
        assertThat(store.state("store-probe").values()).isEmpty();
    }

    @Test
    void anOutageLongAfterTheLastBeginsAnew() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a", Endpoints.requests(Pacing.BUCKET, 600)));
        for (int outage = 0; outage < 3; outage++) {
            store.down = true;
            assertThat(answered(dispatcher, 20)).isEqualTo(6);
            store.down = false;
            time.pass(Duration.ofSeconds(61));
            dispatcher.view().refresh();
            assertThat(dispatcher.storeDownSince()).isEmpty();
            time.pass(Duration.ofSeconds(61));
        }
    }

    /** 6 of a hundredth of 600 a minute, and one more every 10 s: as though it were one outage. */
    @Test
    void aStoreThatComesAndGoesGivesNoNewBurst() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a", Endpoints.requests(Pacing.BUCKET, 600)));
        int answered = 0;
        for (int outage = 0; outage < 10; outage++) {
            store.down = true;
            answered += answered(dispatcher, 20);
            store.down = false;
            time.pass(Duration.ofSeconds(2));
            dispatcher.view().refresh();
            assertThat(dispatcher.storeDownSince()).isEmpty();
        }

        assertThat(answered).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(longs = {3600, -3600})
    void aThawedInstanceOrOneWhoseClockWasSetTriesAtOnce(long seconds) throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.down = true;
        assertAnswered(dispatch(dispatcher));
        store.down = false;

        time.pass(Duration.ofSeconds(seconds));
        dispatcher.view();

        assertThat(dispatcher.storeDownSince()).isEmpty();
    }

    @Test
    void aThrottledItemNeverSwitches() throws InterruptedException {
        Dispatcher dispatcher =
                dispatcher(openAi("a"), openAi("b"));
        store.throttled = "a"::equals;

        assertThat(answered(dispatcher, 30)).isEqualTo(30);

        assertThat(dispatcher.storeDownSince()).isEmpty();
        assertThat(upstream.calls()).containsOnly("b");
        store.throttled = _ -> true;
        assertThat(answered(dispatcher, 5)).isZero();
        assertThat(dispatcher.storeDownSince()).isEmpty();
    }

    @Test
    void aStoreThatIsReadTooOftenIsNotDown() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.readsThrottled = true;

        for (int request = 0; request < 5; request++) {
            dispatcher.view().refresh();
            dispatcher.view().refresh();
            assertAnswered(dispatch(dispatcher));
        }

        assertThat(dispatcher.storeDownSince()).isEmpty();
        assertThat(store.state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(5);
    }

    @Test
    void aThrottledProbeIsAnAnswer() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(openAi("a"));
        store.down = true;
        assertAnswered(dispatch(dispatcher));
        store.throttled = "store-probe"::equals;

        time.pass(Duration.ofSeconds(1));
        dispatcher.view();

        assertThat(dispatcher.storeDownSince()).isEmpty();
    }

    @Test
    void healthIsLearntAloneAndForgottenAfterwards() throws InterruptedException {
        Dispatcher dispatcher =
                dispatcher(openAi("a"), openAi("b"));
        upstream.always("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        store.down = true;

        assertThat(answered(dispatcher, 30)).isEqualTo(30);

        assertThat(upstream.calls()).containsOnlyOnce("a");
        assertThat(events).contains(new DispatchEvent.Opened("a", FailureClass.CREDENTIAL));
        assertThat(store.state("a").values()).isEmpty();
    }

    @Test
    void anEndpointThatIsOutStaysOut() throws InterruptedException {
        Dispatcher dispatcher =
                dispatcher(openAi("a"), openAi("b"));
        upstream.always("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        answered(dispatcher, 30);
        store.down = true;

        assertThat(answered(dispatcher, 30)).isEqualTo(30);
        assertThat(upstream.calls()).containsOnlyOnce("a");
    }

    /** Ten times, for the choice is random. */
    @RepeatedTest(10)
    void aRequestGoesOnAloneFromWhereItWas(RepetitionInfo repetition) throws InterruptedException {
        random = new Random(repetition.getCurrentRepetition());
        Dispatcher dispatcher = dispatcher(openAi("a"), openAi("b"));
        for (String endpoint : List.of("a", "b")) {
            upstream.then(endpoint, () -> {
                store.down = true;
                return error(500, "server_error", "x");
            });
        }

        DispatchResult result = dispatch(dispatcher);

        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Answered.class, answered -> assertThat(answered.attempts()).isEqualTo(3));
        assertThat(upstream.calls()).hasSize(3);
        assertThat(upstream.calls().subList(0, 2)).as("not the one again that failed").doesNotHaveDuplicates();
    }

    /** A permit of the shared state is reported there or not at all: it took nothing of the own items. */
    @Test
    void aReportOfTheSharedStateNeverReachesTheOwnItems() throws InterruptedException {
        Endpoint endpoint = openAi("a");
        Dispatcher dispatcher = dispatcher(endpoint);
        upstream.then("a", () -> {
            store.down = true;
            dispatchUnchecked(dispatcher, "chat");
            return ScriptedUpstream.answer();
        });

        assertAnswered(dispatch(dispatcher));

        assertThat(dispatcher.storeDownSince()).isPresent();
        assertThat(dispatcher.view().state(endpoint).get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    /** 200 at once: each waits for the store twice at most, and all share the one hundredth: 6 of 600 a minute. */
    @Test
    @Timeout(30)
    void callersAtOnceWaitTwiceAtMostAndGoByTheSameItems() throws Exception {
        Map<Thread, Integer> waits = new ConcurrentHashMap<>();
        CountDownLatch allThere = new CountDownLatch(200);
        store.down = true;
        store.beforeRead = () -> waitForAll(allThere, waits);
        store.beforeUpdate = store.beforeRead;
        AtomicInteger calls = new AtomicInteger();
        Dispatcher dispatcher = dispatcher(
                impatient(openAi("a", Endpoints.requests(Pacing.BUCKET, 600))),
                (_, _) -> {
                    calls.incrementAndGet();
                    return new Upstream.Reply(200, Headers.NONE, OK);
                });

        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<DispatchResult>> results = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                results.add(executor.submit(() -> dispatch(dispatcher)));
            }
            for (Future<DispatchResult> result : results) {
                result.get();
            }
        }

        assertThat(waits.values()).hasSize(200).allMatch(count -> count <= 2);
        assertThat(calls).hasValue(6);
        assertThat(events).filteredOn(DispatchEvent.StoreDown.class::isInstance).hasSize(1);
    }

    private static final byte[] OK =
            ((Upstream.Reply) ScriptedUpstream.answer()).body();

    /** Lets nobody have its first failure before all are waiting for one. */
    private static void waitForAll(CountDownLatch allThere, Map<Thread, Integer> waits) {
        if (waits.merge(Thread.currentThread(), 1, Integer::sum) == 1) {
            allThere.countDown();
        }
        try {
            allThere.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void anotherInstanceAddsATotal(String endpoint) {
        store.change(
                endpoint, ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1));
    }

    private long total(String endpoint) {
        return store.state(endpoint).get(Attribute.TOTAL_REQUESTS);
    }

    private long admitted(String endpoint) {
        return Attribute.WINDOW.stream()
                .mapToLong(slot -> store.state(endpoint).get(slot.admitted()))
                .sum();
    }

    private int answered(Dispatcher dispatcher, int requests) throws InterruptedException {
        int answered = 0;
        for (int i = 0; i < requests; i++) {
            if (dispatch(dispatcher) instanceof DispatchResult.Answered) {
                answered++;
            }
        }
        return answered;
    }

    /** Nobody waits for room: what there is at an instant is counted. */
    private static Pool impatient(Endpoint... endpoints) {
        return Endpoints.pool(new SettingsBuilder().maxWait(Duration.ZERO).build(), endpoints);
    }

    private Dispatcher dispatcher(Endpoint... endpoints) {
        return dispatcher(impatient(endpoints));
    }

    private DispatchResult dispatch(Dispatcher dispatcher, String model) throws InterruptedException {
        return dispatcher.dispatch(request(model, ""), deadline(28));
    }

    private void dispatchUnchecked(Dispatcher dispatcher, String model) {
        try {
            dispatch(dispatcher, model);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
