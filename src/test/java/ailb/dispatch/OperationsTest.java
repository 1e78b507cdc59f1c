package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Operation;
import ailb.pool.Pool;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import org.junit.jupiter.api.Test;

/** What an endpoint's model cannot be asked for never reaches it: its provider's refusal would take it out for all. */
class OperationsTest extends DispatcherFixture {

    private static final String EMBEDDED = "{\"data\":[],\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}";

    @Test
    void aRequestGoesToTheEndpointsThatServeItsOperation() throws InterruptedException {
        upstream.always("b", () -> new Upstream.Reply(200, Headers.NONE, EMBEDDED.getBytes(UTF_8)));
        Pool pool = Endpoints.pool(
                Endpoints.openAi("a", Endpoints.unlimited()),
                Endpoints.serving(Endpoints.openAi("b", Endpoints.unlimited()), Operation.EMBEDDINGS));

        for (int call = 0; call < 20; call++) {
            assertThat(dispatch(pool)).isInstanceOfSatisfying(
                    DispatchResult.Answered.class,
                    answered -> assertThat(answered.body()).asString(UTF_8).isEqualTo(EMBEDDED));
        }

        assertThat(upstream.calls()).hasSize(20).containsOnly("b");
    }

    @Test
    void aModelThatNobodyServesForItIsRefusedWithoutACall() throws InterruptedException {
        Pool pool = Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited()));

        assertThat(dispatch(pool)).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(400);
            assertThat(declined.error().param()).isEqualTo("model");
            assertThat(declined.error().message()).contains("/v1/embeddings");
        });
        assertThat(upstream.calls()).isEmpty();
    }

    @Override
    DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        byte[] body = "{\"model\":\"chat\",\"input\":\"Hi\"}".getBytes(UTF_8);
        ModelRequest request =
                ((Parsed.Valid) ModelRequest.parse(RequestKind.EMBEDDINGS, Headers.NONE, body)).request();
        return dispatcher.dispatch(request, deadline(28));
    }
}
