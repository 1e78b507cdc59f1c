package ailb.dispatch;

import static ailb.dispatch.ScriptedUpstream.error;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import org.junit.jupiter.api.Test;

/** Keys that are missing, refused, or replaced, as requests see it. */
class DispatcherKeysTest extends DispatcherFixture {

    @Test
    void aMissingKeyIs503NamingTheEndpointWhileTheLogHearsWhichKeyAndHowAndNothingOpens() throws InterruptedException {
        keys.known("key-of-a", new ApiKeys.Missing("Put the key 'key-of-a' into the secret."));

        DispatchResult result = dispatch(pool(openAi("a")));

        assertDeclined(result, 503, "provider_key_missing");
        assertThat(((DispatchResult.Declined) result).error().message()).contains("'a'")
                .doesNotContain("key-of-a", "secret");
        assertThat(events).contains(
                new DispatchEvent.KeyMissing("a", "Put the key 'key-of-a' into the secret."));
        assertThat(store.updates()).isZero();
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
}
