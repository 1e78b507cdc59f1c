package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.error.WholeReply;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.WireProtocol;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that only endpoints of OpenAI's protocol can serve. It goes to them as it came, but for the name of the
 * model, and so does what they answer.
 */
abstract sealed class PassedThroughRequest implements ModelRequest permits EmbeddingsRequest, ResponsesRequest {

    private final RequestBody body;

    PassedThroughRequest(RequestBody body) {
        this.body = body;
    }

    /** What a provider's words say, as far as it matters here; empty where they are no JSON. */
    Optional<JsonNode> tree(byte[] reply) {
        return Json.parse(reply);
    }

    /** Whether a provider's words are what was asked for. */
    abstract boolean isAnswer(JsonNode reply);

    /** What an answer tells of its usage; null where it tells none. */
    abstract @Nullable Usage usage(JsonNode usage);

    /** A field of the request. */
    final JsonNode field(String name) {
        return body.root().path(name);
    }

    @Override
    public String model() {
        return body.model();
    }

    @Override
    public Set<String> fields() {
        return body.members().keySet();
    }

    @Override
    public Optional<String> unsupportedAt(Provider provider) {
        return switch (provider) {
            case OPENAI -> Optional.empty();
            case ANTHROPIC -> Optional.of(kind().path());
        };
    }

    @Override
    public ProviderRequest at(Endpoint endpoint, String apiKey) {
        return WireProtocol.of(endpoint.provider())
                .post(endpoint, kind().pathAfterVersion(), body.withModel(endpoint.modelId()), apiKey);
    }

    @Override
    public ProviderReply read(Provider provider, int status, Headers headers, byte[] reply, Instant now) {
        return WholeReply.read(
                provider, kind().protocol(), status, headers, reply, tree(reply), now,
                root -> Optional.of(root)
                        .filter(this::isAnswer)
                        .map(said -> new WholeReply.Said(reply, usage(said.path("usage")))));
    }

    @Override
    public String toString() {
        return kind() + ", " + body;
    }
}
