package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static ailb.dispatch.ScriptedUpstream.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trying again after a failure, and reporting calls. */
@Timeout(20)
class RetryRulesTest extends DispatcherFixture {

    RetryRulesTest() {
        super(HALF);
    }

    @Test
    void pausesBeforeTheSameEndpointGrowAndAreJittered() throws InterruptedException {
        upstream.always("a", () -> error(500, "server_error", "x"));

        assertDeclined(dispatch(new Pool(List.of(openAi("a")), patient(7))), 502);

        assertThat(time.sleeps().stream().map(Duration::toMillis)).startsWith(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void theSameEndpointIsAskedAgainOnlyAfterAPauseAlsoWhenTheOtherRefuses() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"));
        store.throttled = "b"::equals;

        dispatch(pool(weighted("a", 1000, 0), weighted("b", 0.001, 0)));

        assertThat(upstream.calls()).containsExactly("a", "a");
        assertThat(time.sleeps()).isNotEmpty();
    }

    @Test
    void onlyARefusedKeyIsLookedUpAgain() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"));
        keys.fetched("key-of-a", new ApiKeys.ApiKey("rotated"));

        dispatch(pool(openAi("a")));

        assertThat(events).doesNotContain(new DispatchEvent.KeyRenewed("a"));
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
    }

    @Test
    void aKeyIsRenewedOnceARequest() throws InterruptedException {
        upstream.always("a", () -> {
            keys.fetched("key-of-a", new ApiKeys.ApiKey("key " + upstream.calls().size()));
            return error(401, "invalid_request_error", "invalid_api_key");
        });

        assertDeclined(dispatch(pool(openAi("a"))), 503);

        assertThat(upstream.calls()).hasSize(2);
        assertThat(events).contains(new DispatchEvent.Opened("a", FailureClass.CREDENTIAL));
    }

    @Test
    void aRetryAfterOfAnHourIsHonouredForFiveMinutes() throws InterruptedException {
        upstream.always("a", () -> rateLimited("3600"));

        dispatch(pool(openAi("a")));

        assertThat(store.state("a").get(Attribute.HOLD) - START).isEqualTo(Duration.ofMinutes(5).toNanos());
    }

    @Test
    void aRateLimitWithoutATimeIsHonouredForOneToFiveSeconds() throws InterruptedException {
        upstream.then("a", () -> error(429, "requests", "rate_limit_exceeded"));

        dispatch(pool(openAi("a")));

        assertThat(store.state("a").get(Attribute.HOLD) - START).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void aThrottledReportIsTriedAgain() throws InterruptedException {
        upstream.then("a", () -> {
            store.throttled = "a"::equals;
            int admitted = store.updates();
            store.beforeUpdate = () -> {
                if (store.updates() > admitted + 1) {
                    store.throttled = _ -> false;
                }
            };
            return ScriptedUpstream.answer();
        });

        dispatch(pool(openAi("a")));

        assertThat(store.state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    /** Writes that take half a second each, of an item that is too busy. The function has 28 s; it thaws after a minute. */
    @ParameterizedTest
    @CsvSource({
        // second in which the provider has answered, tries of the report, whether the time is over by then
        "20, 4, false", "27, 2, true", "28, 1, true", "60, 4, false",
    })
    void aReportIsNotTriedAgainOnceTheRequestsTimeIsOver(int answered, int tries, boolean over)
            throws InterruptedException {
        upstream.then("a", () -> {
            time.pass(Duration.ofSeconds(answered));
            store.throttled = "a"::equals;
            store.beforeUpdate = () -> time.pass(Duration.ofMillis(500));
            return ScriptedUpstream.answer();
        });

        assertThat(dispatch(pool(openAi("a")))).isInstanceOf(DispatchResult.Answered.class);

        assertThat(store.updates()).isEqualTo(1 + tries);
        assertThat(events).contains(
                new DispatchEvent.StoreTrouble("a", "gave up recording a call: "
                        + (over ? "the item is busy, and the request's time is over" : "the item is too busy")));
    }

    @Test
    void aProvidersRefusalNeitherAddsToTheFaultsInARowNorEndsThem() throws InterruptedException {
        upstream.then("a", () -> error(500, "server_error", "x"))
                .then("a", () -> rateLimited("1"))
                .then("a", () -> error(400, "invalid_request_error", "bad"));

        dispatch(pool(openAi("a")));

        assertThat(upstream.calls()).hasSize(3);
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    /** Two requests see the third fault; the one that moves the breaker says so. */
    @Test
    void anOpeningIsToldOnce() throws InterruptedException {
        upstream.then("a", () -> error(401, "invalid_request_error", "invalid_api_key"));
        int[] writes = {0};
        store.beforeUpdate = () -> {
            if (++writes[0] == 3) { // admit, record, then the move
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
        assertThat(store.state("a").has(Attribute.BREAKER)).isFalse();
    }

    private static Settings patient(int attempts) {
        return new SettingsBuilder()
                .maxAttempts(attempts)
                .consecutiveErrors(100)
                .hardConsecutiveErrors(100)
                .minimumCalls(1000)
                .suspectErrorRate(1)
                .errorRate(1)
                .build();
    }
}
