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
 * A request that only endpoints of OpenAI's protocol can serve. Request and answer are passed on unchanged, except for
 * the model name in the request.
 */
abstract sealed class PassedThroughRequest implements ModelRequest permits EmbeddingsRequest, ResponsesRequest {

    private final RequestBody body;

    PassedThroughRequest(RequestBody body) {
        this.body = body;
    }

    /** The JSON tree of a reply, without parts that are never read; empty where the reply is not JSON. */
    Optional<JsonNode> tree(byte[] reply) {
        return Json.parse(reply);
    }

    /** Whether the reply is an answer to this kind of request. */
    abstract boolean isAnswer(JsonNode reply);

    /** The usage in an answer; null where there is none. */
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
