package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.failed;
import static ailb.dispatch.ScriptedUpstream.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.pool.TokenAccounting;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller is told in the end, and the deadline. */
@Timeout(20)
class FailureResponseTest extends DispatcherFixture {

    FailureResponseTest() {
        super(HALF);
    }

    @Test
    void oneEndpointTooSlowForWhatIsLeftDoesNotMakeAFullPoolATimeout() throws InterruptedException {
        known("a", Duration.ofSeconds(20));
        known("b", Duration.ofMillis(50));
        fill("b", 2);

        assertDeclined(
                dispatcher(pool(even("a", 100_000_000), even("b", 2)))
                        .dispatch(request(), Deadline.in(Duration.ofMillis(1200), time)),
                429);
    }

    /** Answers take 20 s, and 20 s are left: the caller would get none without a call either. */
    @Test
    void aFirstCallIsMadeWhereItMayHardlyFinish() throws InterruptedException {
        known("a", Duration.ofSeconds(20));

        assertThat(dispatcher(pool(even("a", 100_000_000)))
                .dispatch(request(), Deadline.in(Duration.ofMillis(20_300), time)))
                .isInstanceOf(DispatchResult.Answered.class);
    }

    /** The same for a retry would take the place of one that can. */
    @Test
    void aRetryIsNotMadeWhereItMayHardlyFinish() throws InterruptedException {
        known("a", Duration.ofSeconds(20));
        upstream.always("b", () -> ScriptedUpstream.error(500, "server_error", "x"));
        int before = upstream.calls().size();

        DispatchResult result = dispatcher(pool(weighted("b", 1000, 0), weighted("a", 1e-6, 100_000_000)))
                .dispatch(request(), Deadline.in(Duration.ofMillis(20_300), time));

        assertThat(upstream.calls().subList(before, upstream.calls().size())).doesNotContain("a");
        assertDeclined(result, 504);
    }

    /** Has an endpoint answer ten calls in this time. */
    private void known(String endpoint, Duration each) throws InterruptedException {
        upstream.always(endpoint, () -> {
            time.pass(each);
            return ScriptedUpstream.answer();
        });
        for (int call = 0; call < 10; call++) {
            time.pass(Duration.ofNanos(START - time.now()));
            dispatcher(pool(even(endpoint, 100_000_000))).dispatch(request(), Deadline.in(Duration.ofHours(1), time));
        }
    }

    @Test
    void whileOneCallFindsOutNobodyIsToldToComeBackAtOnce() throws InterruptedException {
        store.change("a", ConditionalUpdate.builder()
                .put(Attribute.BREAKER, 2)
                .put(Attribute.REASON, 2)
                .put(Attribute.OPEN_UNTIL, time.now())
                .put(Attribute.PROBE_UNTIL, time.now() + Duration.ofSeconds(30).toNanos()));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 503);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void withEveryEndpointOutTheWaitIsForTheFirstToComeBack() throws InterruptedException {
        out("a", Duration.ofSeconds(90));
        out("b", Duration.ofSeconds(30));

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b")));

        assertDeclined(result, 503);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(30));
    }

    @Test
    void oneThatIsOutMayBeBackBeforeTheOneThatIsInHasRoom() throws InterruptedException {
        store.change("a", ConditionalUpdate.builder().put(Attribute.HOLD, time.now() + Duration.ofHours(1).toNanos()));
        out("b", Duration.ofSeconds(30));

        DispatchResult result = dispatch(pool(openAi("a"), openAi("b")));

        assertDeclined(result, 429);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(30));
    }

    @Test
    void oneThatMayBeTriedAndHasNoRoomIsWaitedForUntilItHas() throws InterruptedException {
        out("a", Duration.ofSeconds(-1));
        store.change("a",
                ConditionalUpdate.builder().put(Attribute.HOLD, time.now() + Duration.ofMinutes(4).toNanos()));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 503);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofMinutes(4));
    }

    /** Somebody has to: whoever stayed away until the opening is over would be told of it a minute late. */
    @Test
    void whereAllAreTriedOnceASecondTheWaitIsASecond() throws InterruptedException {
        upstream.always("a", () -> failed(FailureClass.TRANSPORT));
        for (int fault = 0; fault < 3; fault++) {
            dispatch(pool(openAi("a")));
        }

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 503);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aPoolFullForTheLastFailureTooIs429WithTheWait() throws InterruptedException {
        upstream.always("a", () -> rateLimited("20"));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 429);
        assertThat(((DispatchResult.Declined) result).retryAfter()).contains(Duration.ofSeconds(20));
    }

    /** No call was made, so there is no failure to tell of; the store is too busy with this item. */
    @Test
    void withoutAFailureThereIsNoBadGateway() throws InterruptedException {
        store.throttled = "a"::equals;

        assertDeclined(dispatch(pool(openAi("a"))), 429);
    }

    @Test
    void keysThatCannotBeReadComeBeforeKeysThatAreMissing() throws InterruptedException {
        keys.known("key-of-a", new ApiKeys.Missing("Put it.")).known("key-of-b", new ApiKeys.Unavailable("down"));

        assertThat(((DispatchResult.Declined) dispatch(pool(openAi("a"), openAi("b")))).error().code())
                .isEqualTo("provider_keys_unavailable");
    }

    @Test
    void aMissingKeyComesBeforeAFieldThatAnEndpointHasNot() throws InterruptedException {
        keys.known("key-of-b", new ApiKeys.Missing("Put it."));
        Pool pool = pool(Endpoints.anthropic("a", Endpoints.unlimited()), openAi("b"));

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

    @Test
    void aGenerousMaxTokensIsNoReasonToRefuse() throws InterruptedException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(1));
            return ScriptedUpstream.answer();
        });
        Endpoint endpoint = Endpoints.openAi(
                "a",
                new LimitsBuilder(Pacing.SMOOTH, Map.of()).tokenAccounting(TokenAccounting.MAX).dayReset(null).build());
        Dispatcher dispatcher = dispatcher(pool(endpoint));

        assertThat(IntStream.range(0, 12)).allSatisfy(_ -> assertThat(
                dispatcher.dispatch(request("\"max_tokens\":4096,"), Deadline.in(Duration.ofSeconds(28), time)))
                .isInstanceOf(DispatchResult.Answered.class));
    }

    @Test
    void keysThatComeTooLateStartNoCall() throws InterruptedException {
        ApiKeys slow = slowKeys(Duration.ofMillis(4900), new ApiKeys.ApiKey("x"));

        DispatchResult result =
                dispatcher(pool(openAi("a")), slow).dispatch(request(), Deadline.in(Duration.ofSeconds(5), time));

        assertThat(upstream.calls()).isEmpty();
        assertDeclined(result, 504);
    }

    /** A store that is slow by then would only make the answer late. */
    @Test
    void aRequestWhoseTimeIsUpReadsNoMore() throws InterruptedException {
        List<Endpoint> two = List.of(openAi("a"), openAi("b"));
        two.forEach(endpoint -> upstream.always(endpoint.name(), () -> {
            time.pass(Duration.ofSeconds(10));
            return failed(FailureClass.TIMEOUT);
        }));

        DispatchResult result = dispatcher(new Pool(two, Settings.DEFAULT))
                .dispatch(request(), Deadline.in(Duration.ofSeconds(10), time));

        assertDeclined(result, 504);
        assertThat(store.reads()).isOne();
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
                        .put(Attribute.OPEN_UNTIL, time.now() + until.toNanos())
                        .add(Attribute.GENERATION, 1));
    }
}
