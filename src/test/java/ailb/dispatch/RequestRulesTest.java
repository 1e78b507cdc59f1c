package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static ailb.dispatch.ScriptedUpstream.failed;
import static ailb.dispatch.ScriptedUpstream.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.pool.TokenAccounting;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.WindowSlot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of one request that lie at the edges: waits, pauses, keys, ends. Every random number is one half. */
@Timeout(20)
class RequestRulesTest {

    private static final long START = 1_795_000_020_000_000_000L;

    /** Sleeps longer than asked by {@code oversleep}, and lets a test act meanwhile. */
    private static final class Clock implements TimeSource {

        private final List<Duration> sleeps = new ArrayList<>();
        private Duration oversleep = Duration.ZERO;
        private Runnable duringSleep = () -> {};
        private long now = START;

        @Override
        public long now() {
            return now;
        }

        @Override
        public long monotonic() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            if (nanos > 0) {
                sleeps.add(Duration.ofNanos(nanos));
                now += nanos + oversleep.toNanos();
                duringSleep.run();
            }
        }

        void pass(Duration time) {
            now += time.toNanos();
        }
    }

    private final Clock time = new Clock();
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final FixedKeys keys = new FixedKeys();
    private final TroubledStore store = new TroubledStore();
    private final List<DispatchEvent> events = new ArrayList<>();
    private RandomGenerator random = () -> Long.MIN_VALUE; // nextDouble() is 0.5

    // ---- waiting for a slot

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
                "a", ConditionalUpdate.builder().put(Attribute.HOLD, time.now + Duration.ofSeconds(60).toNanos()));

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

    // ---- choosing

    @Test
    void aReadyEndpointThatTurnsOutFullIsNotWaitedForWhileAnotherIsFree() throws InterruptedException {
        Pool pool = pool(weighted("a", 1000, 60), weighted("b", 0.001, 60));
        Dispatcher stale = dispatcher(pool);
        stale.view().refresh();
        fill("a", 60);
        upstream.calls().clear();

        assertThat(dispatch(stale)).isInstanceOf(DispatchResult.Answered.class);

        assertThat(upstream.calls()).containsExactly("b");
        assertThat(time.sleeps).isEmpty();
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
        store.throttled.add("a");

        dispatch(pool(open("a")));

        assertThat(store.updates).isLessThanOrEqualTo(2);
    }

    @Test
    void aFullPoolIsTriedAtItsSoonestEndpointOnly() throws InterruptedException {
        fill("a", 60);
        fill("b", 50);
        store.throttled.addAll(List.of("a", "b"));
        store.updates = 0;

        assertDeclined(dispatch(pool(even("a", 60), even("b", 50))), 429);

        assertThat(store.updates).isEqualTo(1);
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
        Dispatcher dispatcher = dispatcher(pool(open("a")));
        for (int call = 0; call < 10; call++) {
            dispatch(dispatcher);
        }
        assertThat(admittedOutput("a")).as("a guess for each").isEqualTo(10 * 512);

        dispatch(dispatcher);

        assertThat(admittedOutput("a")).isEqualTo(10 * 512 + 5);
    }

    // ---- trying again

    @Test
    void pausesBeforeTheSameEndpointGrowAndAreJittered() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));

        assertDeclined(dispatch(new Pool(List.of(open("a")), patient(7))), 502);

        assertThat(time.sleeps.stream().map(Duration::toMillis)).startsWith(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void theSameEndpointIsAskedAgainOnlyAfterAPauseAlsoWhenTheOtherRefuses() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"));
        store.throttled.add("b");

        dispatch(pool(weighted("a", 1000, 0), weighted("b", 0.001, 0)));

        assertThat(upstream.calls()).containsExactly("a", "a");
        assertThat(time.sleeps).isNotEmpty();
    }

    @Test
    void onlyARefusedKeyIsLookedUpAgain() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"));
        keys.fetched("key-of-a", new ApiKeys.ApiKey("rotated"));

        dispatch(pool(open("a")));

        assertThat(events).doesNotContain(new DispatchEvent.KeyRenewed("a"));
        assertThat(store.item("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
    }

    @Test
    void aKeyIsRenewedOnceARequest() throws InterruptedException {
        upstream.always("a", () -> {
            keys.fetched("key-of-a", new ApiKeys.ApiKey("key " + upstream.calls().size()));
            return error(401, "invalid_request_error", "invalid_api_key");
        });

        assertDeclined(dispatch(pool(open("a"))), 503);

        assertThat(upstream.calls()).hasSize(2);
        assertThat(events).contains(new DispatchEvent.Opened("a", FailureClass.CREDENTIAL));
    }

    @Test
    void aRetryAfterOfAnHourIsHonouredForFiveMinutes() throws InterruptedException {
        upstream.always("a", () -> rateLimited("3600"));

        dispatch(pool(open("a")));

        assertThat(store.item("a").get(Attribute.HOLD) - START).isEqualTo(Duration.ofMinutes(5).toNanos());
    }

    @Test
    void aRateLimitWithoutATimeIsHonouredForOneToFiveSeconds() throws InterruptedException {
        upstream.then("a", () -> error(429, "requests", "rate_limit_exceeded"));

        dispatch(pool(open("a")));

        assertThat(store.item("a").get(Attribute.HOLD) - START).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    // ---- reports

    @Test
    void aThrottledReportIsTriedAgain() throws InterruptedException {
        upstream.then("a", () -> {
            store.throttled.add("a");
            int admitted = store.updates;
            store.beforeUpdate = () -> {
                if (store.updates > admitted + 1) {
                    store.throttled.clear();
                }
            };
            return ScriptedUpstream.answer();
        });

        dispatch(pool(open("a")));

        assertThat(store.item("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void aProvidersRefusalNeitherAddsToTheFaultsInARowNorEndsThem() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"))
                .then("a", () -> rateLimited("1"))
                .then("a", () -> error(400, "invalid_request_error", "bad"));

        dispatch(pool(open("a")));

        assertThat(upstream.calls()).hasSize(3);
        assertThat(store.item("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    /** Two requests see the third fault; the one that moves the breaker says so. */
    @Test
    void anOpeningIsToldOnce() throws InterruptedException {
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        int[] writes = {0};
        store.beforeUpdate = () -> {
            if (++writes[0] == 3) { // admit, settle, then the move
                store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 1));
            }
        };

        dispatch(pool(weighted("a", 1000, 0), weighted("b", 0.001, 0)));

        assertThat(events).noneMatch(DispatchEvent.Opened.class::isInstance);
    }

    @Test
    void aReportFromBeforeAMoveTripsNothing() throws InterruptedException {
        upstream.then("a", () -> {
            store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 1));
            return error(401, "invalid_request_error", "invalid_api_key");
        });

        dispatch(pool(weighted("a", 1000, 0), weighted("b", 0.001, 0)));

        assertThat(events).noneMatch(DispatchEvent.Opened.class::isInstance);
        assertThat(store.item("a").has(Attribute.BREAKER)).isFalse();
    }

    // ---- ends

    @Test
    void oneEndpointTooSlowForWhatIsLeftDoesNotMakeAFullPoolATimeout() throws InterruptedException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(20));
            return ScriptedUpstream.answer();
        });
        for (int call = 0; call < 10; call++) {
            time.now = START;
            dispatcher(pool(even("a", 100_000_000))).dispatch(request(), Deadline.in(Duration.ofHours(1), time));
        }
        fill("b", 2);

        assertDeclined(
                dispatcher(pool(even("a", 100_000_000), even("b", 2)))
                        .dispatch(request(), Deadline.in(Duration.ofSeconds(10), time)),
                429);
    }

    @Test
    void withEveryEndpointOutTheWaitIsForTheFirstToComeBack() throws InterruptedException {
        out("a", Duration.ofSeconds(90));
        out("b", Duration.ofSeconds(30));

        DispatchResult result = dispatch(pool(open("a"), open("b")));

        assertDeclined(result, 503);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(30));
    }

    @Test
    void aPoolFullForTheLastFailureTooIs429WithTheWait() throws InterruptedException {
        upstream.always("a", () -> rateLimited("20"));

        DispatchResult result = dispatch(pool(open("a")));

        assertDeclined(result, 429);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(20));
    }

    /** No call was made, so there is no failure to tell of; the store is too busy with this item. */
    @Test
    void withoutAFailureThereIsNoBadGateway() throws InterruptedException {
        store.throttled.add("a");

        assertDeclined(dispatch(pool(open("a"))), 429);
    }

    @Test
    void keysThatCannotBeReadComeBeforeKeysThatAreMissing() throws InterruptedException {
        keys.known("key-of-a", new ApiKeys.Missing("Put it.")).known("key-of-b", new ApiKeys.Unavailable("down"));

        assertThat(((DispatchResult.Declined) dispatch(pool(open("a"), open("b")))).error().code())
                .isEqualTo("provider_keys_unavailable");
    }

    @Test
    void aMissingKeyComesBeforeAFieldThatAnEndpointHasNot() throws InterruptedException {
        keys.known("key-of-b", new ApiKeys.Missing("Put it."));
        Pool pool = pool(Endpoints.anthropic("a", Endpoints.unlimited()), open("b"));

        DispatchResult result =
                dispatcher(pool).dispatch(request("\"seed\":1,"), Deadline.in(Duration.ofSeconds(28), time));

        assertThat(((DispatchResult.Declined) result).error().code()).isEqualTo("provider_key_missing");
    }

    @Test
    void attemptsUsedUpAreABadGatewayWhereTheNextSlotIsAwayToo() throws InterruptedException {
        List<Endpoint> three = List.of(even("a", 60), even("b", 60), even("c", 60));
        three.forEach(endpoint -> upstream.always(endpoint.name(), () -> failed(FailureClass.TRANSPORT)));

        assertDeclined(dispatch(new Pool(three, Settings.DEFAULT)), 502);
    }

    // ---- the deadline

    @Test
    void aGenerousMaxTokensIsNoReasonToRefuse() throws InterruptedException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(1));
            return ScriptedUpstream.answer();
        });
        Endpoint endpoint = Endpoints.openAi(
                "a",
                new Limits(
                        Map.of(), Pacing.SMOOTH, OptionalDouble.empty(),
                        OptionalDouble.empty(), TokenAccounting.MAX, null));
        Dispatcher dispatcher = dispatcher(pool(endpoint));

        assertThat(IntStream.range(0, 12)).allSatisfy(_ -> assertThat(
                dispatcher.dispatch(request("\"max_tokens\":4096,"), Deadline.in(Duration.ofSeconds(28), time)))
                .isInstanceOf(DispatchResult.Answered.class));
    }

    @Test
    void keysThatComeTooLateStartNoCall() throws InterruptedException {
        ApiKeys slow = slowKeys(Duration.ofMillis(4900), new ApiKeys.ApiKey("x"));

        DispatchResult result =
                dispatcher(pool(open("a")), slow).dispatch(request(), Deadline.in(Duration.ofSeconds(5), time));

        assertThat(upstream.calls()).isEmpty();
        assertDeclined(result, 504);
    }

    private static Settings patient(int attempts) {
        Settings usual = Settings.DEFAULT;
        return new Settings(
                new Settings.Retries(attempts, usual.retries().attemptCap()),
                new Settings.Health(
                        100,
                        100,
                        1000,
                        1,
                        1,
                        usual.health().openFor(),
                        usual.health().backoff(),
                        usual.health().openCap(),
                        usual.health().openForPerson()),
                usual.routing(),
                usual.batches());
    }

    private ApiKeys slowKeys(Duration takes, ApiKeys.Lookup found) {
        return new ApiKeys() {
            @Override
            public Lookup get(String name) {
                time.pass(takes);
                return found;
            }

            @Override
            public Lookup refresh(String name, ApiKey refused) {
                return refused;
            }
        };
    }

    private void out(String endpoint, Duration until) {
        store.change(
                endpoint,
                ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.REASON, 2)
                        .put(Attribute.OPEN_UNTIL, time.now + until.toNanos())
                        .add(Attribute.GENERATION, 1));
    }

    private long admittedOutput(String endpoint) {
        return Attribute.WINDOW.stream().map(WindowSlot::admittedOutput).mapToLong(store.item(endpoint)::get).sum();
    }

    /** Has one call made there by another instance. */
    private void fill(String name, long perMinute) throws InterruptedException {
        assertThat(dispatch(pool(even(name, perMinute)))).isInstanceOf(DispatchResult.Answered.class);
    }

    private static Endpoint open(String name) {
        return Endpoints.openAi(name, Endpoints.unlimited());
    }

    private static Endpoint even(String name, long perMinute) {
        return Endpoints.openAi(name, Endpoints.requests(Pacing.EVEN, perMinute));
    }

    private static Endpoint weighted(String name, double weight, long perMinute) {
        return Endpoints.endpoint(name, Provider.OPENAI, weight,
                perMinute == 0 ? Endpoints.unlimited() : Endpoints.requests(Pacing.EVEN, perMinute));
    }

    private static Pool pool(Endpoint... endpoints) {
        return Endpoints.pool(endpoints);
    }

    private Dispatcher dispatcher(Pool pool) {
        return dispatcher(pool, keys);
    }

    private Dispatcher dispatcher(Pool pool, ApiKeys keys) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    private DispatchResult dispatch(Pool pool) throws InterruptedException {
        return dispatch(dispatcher(pool));
    }

    private DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        return dispatcher.dispatch(request(), Deadline.in(Duration.ofSeconds(28), time));
    }

    private static ModelRequest request() {
        return request("");
    }

    private static ModelRequest request(String fields) {
        String body = "{\"model\":\"chat\"," + fields + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8))).request();
    }

    private static void assertDeclined(DispatchResult result, int status) {
        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Declined.class, declined -> assertThat(declined.error().status()).isEqualTo(status));
    }
}
