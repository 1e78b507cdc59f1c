package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static ailb.dispatch.ScriptedUpstream.failed;
import static ailb.dispatch.ScriptedUpstream.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.protocol.ChatRequest;
import ailb.protocol.Parsed;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The loop, with clocks that are stepped and providers that are scripted; what it did is read from its events. */
class DispatcherTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final Limits NO_LIMITS = Endpoints.unlimited();

    private final SteppedTime time = new SteppedTime(START);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final FixedKeys keys = new FixedKeys();
    private final CountingStore store = new CountingStore();
    private final Random random = new Random(11);
    private final List<DispatchEvent> events = new ArrayList<>();

    @Test
    void aRequestIsAdmittedCalledAndSettledInTwoWrites() throws InterruptedException {
        DispatchResult result = dispatch(pool(openAi("a")));

        assertThat(result).isInstanceOfSatisfying(DispatchResult.Answered.class, answered -> {
            assertThat(answered.endpoint()).isEqualTo("a");
            assertThat(answered.attempts()).isEqualTo(1);
            assertThat(new String(answered.body(), StandardCharsets.UTF_8)).contains("Hello");
        });
        assertThat(store.updates).isEqualTo(2);
        assertThat(store.reads).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isEqualTo(10);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(5);
    }

    /** 10 input and 5 output tokens at 1 and 2 dollars a million are 20 microdollars. */
    @Test
    void whatACallCostsIsAddedToTheDaysSpend() throws InterruptedException {
        dispatch(pool(openAi("a")));
        dispatch(pool(openAi("a")));

        assertThat(state("a").get(Attribute.SPEND)).isEqualTo(40_000);
    }

    @Test
    void theProviderGetsTheEndpointsModelAndKey() throws InterruptedException {
        dispatch(pool(openAi("a")));

        assertThat(new String(upstream.requests().getFirst().body(), StandardCharsets.UTF_8))
                .contains("\"model-of-a\"");
        assertThat(upstream.requests().getFirst().headers().values()).contains("Bearer value-of-key-of-a");
    }

    @Test
    void anEndpointsFaultIsRetriedElsewhereAtOnce() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x")).always("b", () -> failed(FailureClass.TRANSPORT));

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b"), openAi("c")));

        assertThat(result).isInstanceOf(DispatchResult.Answered.class);
        assertThat(upstream.calls()).doesNotHaveDuplicates().endsWith("c");
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void theSameEndpointIsAskedAgainAfterAPauseWhenThereIsNoOther() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Answered.class, answered -> assertThat(answered.attempts()).isEqualTo(2));
        assertThat(time.sleeps()).hasSize(1).allMatch(pause -> pause.toMillis() <= 200);
    }

    @Test
    void attemptsUsedUpAreABadGateway() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x")).always("b", () -> error(502, "server_error", "x"));

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b")));

        assertDeclined(result, 502, "bad_gateway");
        assertThat(upstream.calls()).hasSize(3);
    }

    @Test
    void aFaultOfTheCallersIsPassedOnAndCountsAgainstNobody() throws InterruptedException {
        upstream.always("a", () -> error(400, "invalid_request_error", "bad"));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertThat(result).isInstanceOfSatisfying(DispatchResult.PassedOn.class, passed -> {
            assertThat(passed.status()).isEqualTo(400);
            assertThat(new String(passed.body(), StandardCharsets.UTF_8)).contains("scripted");
        });
        assertThat(upstream.calls()).hasSize(1);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
    }

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

    private void dispatchUnchecked(Dispatcher dispatcher) {
        try {
            dispatch(dispatcher);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void takeOut(String endpoint, FailureClass reason, Duration time) {
        store.items.update(
                endpoint,
                ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.REASON, reason == FailureClass.QUOTA ? 2 : 6)
                        .put(Attribute.OPEN_UNTIL, this.time.now() + time.toNanos())
                        .add(Attribute.GENERATION, 1)
                        .build());
    }

    @Test
    void anOverloadedProviderIsLeftForAnotherAndNotForItsOtherKey() throws InterruptedException {
        Endpoint one = openAi("a");
        Endpoint sameProvider = new Endpoint(
                "a2", one.provider(), one.baseUrl(), "m", one.models(), "k", 1000, one.limits(), one.price());
        upstream.always("a", () -> error(503, "server_error", "overloaded"));
        Dispatcher dispatcher = dispatcher(pool(one, sameProvider, openAi("b")));

        dispatch(dispatcher);

        assertThat(upstream.calls()).containsExactly("a", "b");
    }

    /** 600 a minute let 20 retries come at once; all calls fail at one endpoint first. */
    @Test
    void anOutageDoesNotDoubleTheLoadOfTheOtherEndpoints() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));
        Settings usual = Settings.DEFAULT;
        Settings patient = new Settings(
                usual.retries(),
                new Settings.Health(
                        100,
                        1000,
                        10_000,
                        1,
                        1,
                        usual.health().openFor(),
                        usual.health().backoff(),
                        usual.health().openCap(),
                        usual.health().openForPerson()),
                new Settings.Routing(
                        Duration.ZERO,
                        usual.routing().retryAfterCap(),
                        false,
                        usual.routing().localShare(),
                        usual.routing().cost()),
                usual.batches());
        Limits wide = Endpoints.requests(Pacing.BUCKET, 600);
        Endpoint preferred = Endpoints.endpoint("a", Provider.OPENAI, 1000, NO_LIMITS);
        Dispatcher dispatcher = dispatcher(new Pool(List.of(preferred, openAi("b", wide)), patient));
        for (int i = 0; i < 40; i++) {
            dispatch(dispatcher);
        }

        // a burst of 20, two a second after that, and a few first calls that chance sends to b
        double seconds = (time.now() - START) / 1e9;
        assertThat((double) countOf("b")).isBetween(20.0, Math.min(38, 20 + 2 * seconds + 4));
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
        assertThat(((DispatchResult.Declined) second).retryAfter()).contains(Duration.ofMinutes(5));
        assertThat(upstream.calls()).hasSize(1);
    }

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
                .isBetween(Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(12).toNanos());
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
    void anUnknownModelIsNotFound() throws InterruptedException {
        assertDeclined(
                dispatcher(pool(openAi("a"))).dispatch(request("gpt-9", ""), deadline(28)), 404, "model_not_found");
    }

    @Test
    void aRequestLargerThanAnyLimitIsRefusedAndNotHeld() throws InterruptedException {
        Limits small = Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 100L));

        DispatchResult result = dispatcher(pool(openAi("a", small)))
                .dispatch(request("chat", "\"max_tokens\":200,"), deadline(28));

        assertDeclined(result, 400, null);
        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void aMissingKeyIs503NamingItAndOpensNothing() throws InterruptedException {
        keys.known("key-of-a", new ApiKeys.Missing("Put the key 'key-of-a' into the secret."));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 503, "provider_key_missing");
        assertThat(((DispatchResult.Declined) result).error().message()).contains("key-of-a");
        assertThat(store.updates).isZero();
    }

    @Test
    void anEndpointWithoutAKeyIsPassedOver() throws InterruptedException {
        keys.known("key-of-a", new ApiKeys.Missing("Put it."));

        for (int i = 0; i < 20; i++) {
            assertThat(dispatch(pool(openAi("a"), openAi("b")))).isInstanceOf(DispatchResult.Answered.class);
        }
        assertThat(countOf("a")).isZero();
    }

    @Test
    void aRefusedKeyIsLookedUpAgainAndTheCallRepeatedWithTheNewOne() throws InterruptedException {
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        keys.fetched("key-of-a", new ApiKeys.ApiKey("rotated"));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertThat(result).isInstanceOf(DispatchResult.Answered.class);
        assertThat(upstream.requests().getLast().headers().values()).contains("Bearer rotated");
        assertThat(events).contains(new DispatchEvent.KeyRenewed("a"));
        assertThat(events).noneMatch(DispatchEvent.Opened.class::isInstance);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void aRotationCostsNoAttempt() throws InterruptedException {
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"))
                .then("a", () -> error(500, "server_error", "x"))
                .then("a", () -> error(500, "server_error", "x"));
        keys.fetched("key-of-a", new ApiKeys.ApiKey("rotated"));

        assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);
        assertThat(upstream.calls()).hasSize(4);
    }

    @Test
    void aKeyRefusedForGoodTakesTheEndpointOutAtOnce() throws InterruptedException {
        upstream.always("a", () -> error(401, "invalid_request_error", "invalid_api_key"));

        for (int i = 0; i < 20; i++) {
            assertThat(dispatch(pool(openAi("a"), openAi("b")))).isInstanceOf(DispatchResult.Answered.class);
        }

        assertThat(countOf("a")).isEqualTo(1);
        assertThat(events).contains(new DispatchEvent.Opened("a", FailureClass.CREDENTIAL));
    }

    @Test
    void aRequestThatOneProtocolCannotServeGoesToTheOther() throws InterruptedException {
        Pool pool = pool(Endpoints.anthropic("a", NO_LIMITS), openAi("b"));

        for (int i = 0; i < 20; i++) {
            DispatchResult result = dispatcher(pool).dispatch(request("chat", "\"seed\":1,"), deadline(28));
            assertThat(result).isInstanceOf(DispatchResult.Answered.class);
        }
        assertThat(countOf("a")).isZero();
    }

    @Test
    void aRequestThatNoEndpointCanServeIsRefusedByTheFieldsName() throws InterruptedException {
        DispatchResult result = dispatcher(pool(Endpoints.anthropic("a", NO_LIMITS)))
                .dispatch(request("chat", "\"seed\":1,"), deadline(28));

        assertDeclined(result, 400, "unsupported_parameter");
        assertThat(((DispatchResult.Declined) result).error().param()).isEqualTo("seed");
        assertThat(store.updates).isZero();
    }

    @Test
    void noAttemptStartsThatCannotFinish() throws InterruptedException {
        DispatchResult result = dispatcher(pool(openAi("a")))
                .dispatch(request("chat", ""), Deadline.in(Duration.ofMillis(1200), time));

        assertDeclined(result, 504, "timeout");
        assertThat(upstream.calls()).isEmpty();
        assertThat(store.updates).isZero();
    }

    @Test
    void anAttemptEndsBeforeTheDeadlineWithTimeLeftToAnswer() throws InterruptedException {
        upstream.always("a", () -> {
            time.pass(upstream.timeouts().getLast());
            return failed(FailureClass.TIMEOUT);
        });

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 504, "timeout");
        assertThat(upstream.timeouts()).containsExactly(Duration.ofMillis(27_750));
        assertThat(time.now() - START).isLessThan(Duration.ofSeconds(28).toNanos());
    }

    @Test
    void aPermitIsDroppedWhenItsEndpointWentOutDuringTheWait() throws InterruptedException {
        Pool pool = pool(openAi("a", perMinute(20)));
        dispatch(pool);
        store.beforeNextRead = () -> {
            ConditionalUpdate.Builder open = ConditionalUpdate.builder();
            store.update("a", open.put(Attribute.BREAKER, 1)
                    .put(Attribute.REASON, 2)
                    .put(Attribute.OPEN_UNTIL, START + Duration.ofMinutes(5).toNanos())
                    .add(Attribute.GENERATION, 1)
                    .build());
        };
        store.skipReads = 1;

        DispatchResult result = dispatch(pool);

        assertDeclined(result, 503, "no_healthy_endpoint");
        assertThat(events).contains(new DispatchEvent.Dropped("a"));
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void aReportFromBeforeAMoveOfTheBreakerChangesTotalsOnly() throws InterruptedException {
        upstream.then("a", () -> {
            store.update("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 1).build());
            return error(500, "server_error", "x");
        });

        dispatch(pool(openAi("a"), openAi("b")), "a");

        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedTwiceAndTheCallGoesOnWithoutIt() throws InterruptedException {
        store.down = true;

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b"), openAi("c")));

        assertThat(result).isInstanceOf(DispatchResult.Answered.class);
        assertThat(store.reads + store.updates).isEqualTo(2);
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void aThrottledItemIsPassedOverAndIsNoOutage() throws InterruptedException {
        store.throttled = "a";

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
    void anUnknownReportIsNotRepeated() throws InterruptedException {
        upstream.then("a", () -> {
            store.down = true;
            return ScriptedUpstream.answer();
        });

        assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);
        assertThat(store.updates).isEqualTo(2);
    }

    @Test
    void aViewIsReadAgainOnlyWhenItIsOld() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(pool(openAi("a")));
        dispatch(dispatcher);
        time.pass(Duration.ofMillis(249));
        dispatch(dispatcher);
        assertThat(store.reads).isEqualTo(1);

        time.pass(Duration.ofMillis(1));
        dispatch(dispatcher);
        assertThat(store.reads).isEqualTo(2);
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
        assertThat(store.updates).isLessThanOrEqualTo(615);
    }

    private int countOf(String endpoint) {
        return (int) upstream.calls().stream().filter(endpoint::equals).count();
    }

    private EndpointState state(String endpoint) {
        return store.items.read(List.of(endpoint)).get(endpoint);
    }

    private static void assertDeclined(
            DispatchResult result, int status, @Nullable String code) {
        assertThat(result).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(status);
            assertThat(declined.error().code()).isEqualTo(code);
        });
    }

    private static Endpoint openAi(String name) {
        return Endpoints.openAi(name, NO_LIMITS);
    }

    private static Endpoint openAi(String name, Limits limits) {
        return Endpoints.openAi(name, limits);
    }

    private static Limits perMinute(long requests) {
        return Endpoints.requests(Pacing.EVEN, requests);
    }

    private static Pool pool(Endpoint... endpoints) {
        return Endpoints.pool(endpoints);
    }

    private Dispatcher dispatcher(Pool pool) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    private DispatchResult dispatch(Pool pool) throws InterruptedException {
        return dispatch(dispatcher(pool));
    }

    private DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        return dispatcher.dispatch(request("chat", ""), deadline(28));
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

    private Deadline deadline(long seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), time);
    }

    private static ChatRequest request(String model, String fields) {
        String body = """
                {"model":"%s",%s"messages":[{"role":"user","content":"Hi"}]}""".formatted(model, fields);
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8))).request();
    }

    /** The in-memory store, counting, with troubles a test can ask for. */
    private static final class CountingStore implements StateStore {

        private final InMemoryStateStore items = new InMemoryStateStore();
        private int reads;
        private int updates;
        private int skipReads;
        private boolean down;
        private String throttled = "";
        private int rivals;
        private Runnable beforeNextRead = () -> {};

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            reads++;
            if (down) {
                throw new StateStoreException("down", new IllegalStateException("down"));
            }
            if (skipReads-- <= 0) {
                Runnable once = beforeNextRead;
                beforeNextRead = () -> {};
                once.run();
            }
            return items.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            updates++;
            if (rivals > 0) {
                rivals--;
                return new UpdateResult.Rejected(items.state(endpoint));
            }
            if (endpoint.equals(throttled)) {
                return new UpdateResult.Throttled();
            }
            return down ? new UpdateResult.Unknown("down") : items.update(endpoint, update);
        }
    }
}
