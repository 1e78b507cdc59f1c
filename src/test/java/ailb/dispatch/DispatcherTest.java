package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static ailb.dispatch.ScriptedUpstream.failed;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.port.Deadline;
import ailb.protocol.ModelRequest;
import ailb.state.Attribute;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One request through the loop: admitted, called, recorded, tried elsewhere, passed on. */
class DispatcherTest extends DispatcherFixture {

    @Test
    void aRequestIsAdmittedCalledAndRecordedInTwoWrites() throws InterruptedException {
        DispatchResult result = dispatch(pool(openAi("a")));

        assertThat(result).isInstanceOfSatisfying(DispatchResult.Answered.class, answered -> {
            assertThat(answered.endpoint()).isEqualTo("a");
            assertThat(answered.attempts()).isEqualTo(1);
            assertThat(new String(answered.body(), StandardCharsets.UTF_8)).contains("Hello");
        });
        assertThat(store.updates()).isEqualTo(2);
        assertThat(store.reads()).isEqualTo(1);
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
        assertThat(told(result).message())
                .isEqualTo("The endpoints failed to answer (attempts: 3); at the last one the provider answered with"
                        + " server errors. Retry, or see GET /v1/pool for what is wrong.");
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
    void anOverloadedProviderIsLeftForAnotherAndNotForItsOtherKey() throws InterruptedException {
        Endpoint one = openAi("a");
        Endpoint sameProvider = new EndpointBuilder("a2").baseUrl(one.baseUrl()).weight(1000).build();
        upstream.always("a", () -> error(503, "server_error", "overloaded"));
        Dispatcher dispatcher = dispatcher(pool(one, sameProvider, openAi("b")));

        dispatch(dispatcher);

        assertThat(upstream.calls()).containsExactly("a", "b");
    }

    /** 600 a minute let 20 retries come at once; all calls fail at one endpoint first. */
    @Test
    void anOutageDoesNotDoubleTheLoadOfTheOtherEndpoints() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));
        Settings patient = new SettingsBuilder()
                .consecutiveErrors(100)
                .hardConsecutiveErrors(1000)
                .minimumCalls(10_000)
                .suspectErrorRate(1)
                .errorRate(1)
                .maxWait(Duration.ZERO)
                .latency(false)
                .build();
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
        assertThat(told(result).message())
                .isEqualTo("This request needs 201 of tokens_per_minute (its prompt, as estimated, and its answer, by"
                        + " max_tokens or as estimated), and an endpoint for this model allows 100 at most.");
        assertThat(told(result).param()).isEqualTo("max_tokens");
        assertThat(upstream.calls()).isEmpty();
    }

    /** Without max_tokens an answer is guessed to have 512; the prompt's two characters are a token. */
    @Test
    void aRequestThatIsTooLargeForAllIsToldOfTheLargestLimit() throws InterruptedException {
        Limits small = Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 100L));
        Limits larger = Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 500L));

        DispatchResult result = dispatch(pool(openAi("a", small), openAi("b", larger)));

        assertThat(told(result).message()).contains("needs 513 of tokens_per_minute").endsWith("allows 500 at most.");
        assertThat(told(result).param()).isNull();
    }

    @Test
    void aPromptThatIsTooLargeIsNotTheFaultOfMaxTokens() throws InterruptedException {
        Limits small = Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 10L));
        ModelRequest request = request("chat", "\"max_tokens\":5,", "x".repeat(400));

        DispatchResult result = dispatcher(pool(openAi("a", small))).dispatch(request, deadline(28));

        assertThat(told(result).message()).contains("needs 100 of input_tokens_per_minute")
                .endsWith("allows 10 at most.");
        assertThat(told(result).param()).isNull();
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
        assertThat(store.updates()).isZero();
    }

    @Test
    void noAttemptStartsThatCannotFinish() throws InterruptedException {
        DispatchResult result = dispatcher(pool(openAi("a")))
                .dispatch(request("chat", ""), Deadline.in(Duration.ofMillis(1200), time));

        assertDeclined(result, 504, "timeout");
        assertThat(upstream.calls()).isEmpty();
        assertThat(store.updates()).isZero();
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
}
