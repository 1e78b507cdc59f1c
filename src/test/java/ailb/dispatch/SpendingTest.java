package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.answer;
import static ailb.dispatch.ScriptedUpstream.error;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.BudgetPolicy;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Price;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.pool.TokenAccounting;
import ailb.port.ApiKeys;
import ailb.protocol.ModelRequest;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What calls cost, and where they go once the day's budget is used up. */
class SpendingTest extends DispatcherFixture {

    /** Less than any call costs: the first one uses it up. */
    private static final Settings TINY_THEN_CHEAPEST =
            new SettingsBuilder().budget(1e-9).atBudget(BudgetPolicy.CHEAPEST).build();

    private static final Settings TINY_THEN_REFUSE =
            new SettingsBuilder().budget(1e-9).atBudget(BudgetPolicy.REFUSE).build();

    private static final Endpoint DEAR = Endpoints.priced("dear", new Price(10, 10));
    private static final Endpoint MIDDLE = Endpoints.priced("middle", new Price(3, 3));
    private static final Endpoint CHEAP = Endpoints.priced("cheap", new Price(1, 1));

    SpendingTest() {
        super(new Random(5));
    }

    /** 6 x 1 + 4 x 0.5 + 3 x 2 + 2 x 4 = 22 millionths of a dollar. */
    @Test
    void cachedInputAndReasoningAreSpentAtTheirOwnPrices() throws InterruptedException {
        upstream.always("a", () -> answer(10, 4, 5, 2));

        dispatch(dispatcher(Endpoints.pool(Endpoints.priced("a", new Price(1, 2, 0.5, 4)))));

        assertThat(store.read(List.of("a")).get("a").get(Attribute.SPEND)).isEqualTo(22_000);
    }

    @Test
    void atTheBudgetNothingIsCalledAndARetryAtMidnightSucceeds() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Endpoints.pool(TINY_THEN_REFUSE, CHEAP, DEAR));
        dispatch(dispatcher);

        assertThat(dispatch(dispatcher)).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(429);
            assertThat(declined.error().code()).isEqualTo("budget_exhausted");
            assertThat(declined.retryAfter()).hasValue(Duration.ofHours(16));
        });
        assertThat(upstream.calls()).hasSize(1);
        time.pass(Duration.ofHours(16).minusNanos(1));
        assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Declined.class);
        time.pass(Duration.ofNanos(1));
        assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
    }

    @Test
    void anotherInstanceKnowsOfTheSpendTheFirstTimeItLooks() throws InterruptedException {
        Pool pool = Endpoints.pool(TINY_THEN_REFUSE, CHEAP);
        dispatch(dispatcher(pool));

        assertThat(dispatch(dispatcher(pool))).isInstanceOf(DispatchResult.Declined.class);
    }

    @Test
    void aRequestThatCouldNeverBeServedIsToldThatAndNotToComeBackTomorrow() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Endpoints.pool(TINY_THEN_REFUSE, CHEAP));
        dispatch(dispatcher);

        assertDeclined(dispatcher.dispatch(request("unknown", ""), deadline(28)), 404, "model_not_found");
    }

    @Test
    void atTheBudgetOnlyTheCheapestAreCalled() throws InterruptedException {
        Endpoint asCheap = Endpoints.priced("as-cheap", new Price(1, 1));
        useUp(dispatcher(Endpoints.pool(TINY_THEN_CHEAPEST, DEAR, CHEAP, MIDDLE, asCheap)));

        assertThat(upstream.calls().stream().skip(1)).containsOnly("cheap", "as-cheap").hasSize(40);
    }

    @Test
    void anEndpointWithoutAPriceIsTheCheapest() throws InterruptedException {
        Endpoint unpriced = Endpoints.priced("unpriced", null);
        Dispatcher dispatcher = dispatcher(Endpoints.pool(TINY_THEN_CHEAPEST, unpriced, CHEAP));
        while (!upstream.calls().contains("cheap")) {
            dispatch(dispatcher);
        }
        upstream.calls().clear();
        useUp(dispatcher);

        assertThat(upstream.calls()).containsOnly("unpriced");
    }

    @Test
    void withTheCheapestFullACallWaitsForItOrIsRefused() throws InterruptedException {
        Endpoint full = Endpoints.priced("full", new Price(1, 1), Endpoints.requests(Pacing.EVEN, 1));
        Pool pool = Endpoints.pool(TINY_THEN_CHEAPEST, full, DEAR);
        Dispatcher dispatcher = dispatcher(pool);
        while (!upstream.calls().contains("full")) {
            dispatch(dispatcher);
        }
        int before = upstream.calls().size();

        assertDeclined(dispatch(dispatcher), 429, "rate_limit_exceeded");
        assertThat(upstream.calls()).hasSize(before);
    }

    @Test
    void withTheCheapestOutThereIsNoHealthyEndpoint() throws InterruptedException {
        upstream.always("cheap", () -> error(401, "invalid_request_error", "invalid_api_key"));
        Dispatcher dispatcher = dispatcher(Endpoints.pool(TINY_THEN_CHEAPEST, CHEAP, DEAR));
        while (!upstream.calls().containsAll(List.of("cheap", "dear"))) {
            dispatch(dispatcher);
        }

        assertDeclined(dispatch(dispatcher), 503, "no_healthy_endpoint");
    }

    @Test
    void theCheapestIsTheCheapestOfThoseThatCanTakeTheRequest() throws InterruptedException {
        Limits tooTight = Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 3L));
        Endpoint small = Endpoints.priced("small", new Price(0.5, 0.5), tooTight);
        keys.known("key-of-cheap", new ApiKeys.Missing("put it"));
        useUp(dispatcher(Endpoints.pool(TINY_THEN_CHEAPEST, DEAR, small, CHEAP, MIDDLE)));

        assertThat(upstream.calls().stream().skip(1)).containsOnly("middle").hasSize(40);
    }

    /** 100 tokens in. With 5 out, as answers were: 100 + 40 against 300 + 20; with 512, 4,196 against 2,348. */
    @Test
    void aCallCostsWhatAnAnswerOfTheUsualLengthCosts() throws InterruptedException {
        Endpoint dearOutput = Endpoints.priced("dear-output", new Price(1, 8));
        Endpoint dearInput = Endpoints.priced("dear-input", new Price(3, 4));
        Pool pool = Endpoints.pool(TINY_THEN_CHEAPEST, dearOutput, dearInput);
        ModelRequest request = request("chat", "", "x".repeat(400));
        Dispatcher dispatcher = dispatcher(pool);
        for (int i = 0; i < 30; i++) {
            dispatcher.dispatch(request, deadline(28));
        }

        assertThat(upstream.calls().subList(1, 10)).containsOnly("dear-input");
        assertThat(upstream.calls().subList(11, 30)).containsOnly("dear-output");
    }

    /** Admitted for 4,000 tokens of output by one and for 512 by the other; the price is the same. */
    @Test
    void howAProviderAccountsForTokensIsNoDifferenceInPrice() throws InterruptedException {
        Limits max = new LimitsBuilder(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 10_000_000L))
                .tokenAccounting(TokenAccounting.MAX)
                .build();
        Endpoint other = Endpoints.priced("other", new Price(1, 1), max);
        Dispatcher dispatcher = dispatcher(Endpoints.pool(TINY_THEN_CHEAPEST, CHEAP, other));
        for (int i = 0; i < 60; i++) {
            dispatcher.dispatch(request("\"max_tokens\":4000,"), deadline(28));
        }

        assertThat(upstream.calls().stream().skip(30)).contains("cheap", "other");
    }

    @Test
    void theCostExponentPrefersTheCheapWithoutABudgetToo() throws InterruptedException {
        Settings preferring = new SettingsBuilder().costExponent(1).build();
        Dispatcher dispatcher = dispatcher(Endpoints.pool(preferring, DEAR, CHEAP));
        for (int i = 0; i < 1100; i++) {
            dispatch(dispatcher);
        }

        // 1 to 0.1: one in eleven
        assertThat(upstream.calls().stream().filter("dear"::equals).count()).isBetween(70L, 130L);
    }

    private void useUp(Dispatcher dispatcher) throws InterruptedException {
        for (int i = 0; i < 41; i++) {
            assertThat(dispatch(dispatcher)).isInstanceOf(DispatchResult.Answered.class);
        }
    }

}
