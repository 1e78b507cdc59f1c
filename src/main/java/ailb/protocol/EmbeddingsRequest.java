package ailb.protocol;

import ailb.pool.TokenEstimate;
import ailb.protocol.error.ApiError;
import ailb.protocol.error.FieldFault;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A client's request to {@code /v1/embeddings}. */
final class EmbeddingsRequest extends PassedThroughRequest {

    /** A prompt may be an array of token ids. Each text counts as at least one token. */

    private EmbeddingsRequest(RequestBody body) {
        super(body);
    }

    static Parsed parse(byte[] body) {
        return RequestReader.read(body, EmbeddingsRequest::firstFault, EmbeddingsRequest::new);
    }

    private static Optional<ApiError> firstFault(ObjectNode root) {
        return ChatRequestRules.model(root.path("model"))
                .or(() -> input(root.path("input")))
                .map(FieldFault::error);
    }

    private static Optional<FieldFault> input(JsonNode input) {
        return input.isTextual() || (input.isArray() && !input.isEmpty())
                ? Optional.empty()
                : FieldFault.of("input", "must be given, as a string or an array that is not empty");
    }

    @Override
    public RequestKind kind() {
        return RequestKind.EMBEDDINGS;
    }

    @Override
    public long promptCharacters() {
        return characters(field("input"));
    }

    private static long characters(JsonNode input) {
        if (input.isTextual()) {
            return Math.max(TokenEstimate.CHARACTERS_PER_TOKEN, input.textValue().length());
        }
        long characters = input.isNumber() ? TokenEstimate.CHARACTERS_PER_TOKEN : 0;
        for (JsonNode part : input) {
            characters += characters(part);
        }
        return characters;
    }

    /** Empty: an embedding has no output tokens. */
    @Override
    public OptionalLong maxTokens() {
        return OptionalLong.of(0);
    }

    /** Leaves out the vectors: they are passed on unread. */
    @Override
    Optional<JsonNode> tree(byte[] reply) {
        return Json.parseWithout("data", reply);
    }

    @Override
    boolean isAnswer(JsonNode reply) {
        return reply.path("data").isArray();
    }

    @Override
    @Nullable
    Usage usage(JsonNode usage) {
        JsonNode input = usage.path("prompt_tokens");
        return Json.isCount(input) ? new Usage(input.longValue(), 0, 0, 0) : null;
    }
}
