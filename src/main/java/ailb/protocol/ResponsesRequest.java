package ailb.protocol;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.error.FieldFault;
import ailb.protocol.json.RequestBody;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.stream.ResponsesStream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import ailb.protocol.wire.WireProtocol;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A client's request to {@code /v1/responses}. */
final class ResponsesRequest extends PassedThroughRequest {

    private ResponsesRequest(RequestBody body) {
        super(body);
    }

    static Parsed parse(byte[] body) {
        return RequestReader.read(body, ResponsesRequest::firstFault, ResponsesRequest::new);
    }

    private static Optional<ApiError> firstFault(ObjectNode root) {
        return ChatRequestRules.model(root.path("model"))
                .or(() -> ChatRequestRules.positiveInteger(root, "max_output_tokens"))
                .or(() -> ChatRequestRules.stream(root.path("stream")))
                .map(FieldFault::error)
                .or(() -> background(root.path("background")));
    }

    /** A later request for the answer may go to another endpoint, which does not have it. */
    private static Optional<ApiError> background(JsonNode background) {
        return background.booleanValue()
                ? Optional.of(ApiError.unsupported(
                        "background",
                        "Answers cannot be fetched later: leave out 'background', or submit a batch to /v1/batches."))
                : Optional.empty();
    }

    @Override
    public RequestKind kind() {
        return RequestKind.RESPONSES;
    }

    @Override
    public long promptCharacters() {
        return ResponsesSize.characters(field("input")) + ResponsesSize.characters(field("instructions"))
                + PromptSize.json(field("tools"));
    }

    @Override
    public boolean isStream() {
        return field("stream").booleanValue();
    }

    @Override
    public ReplyStream events(Provider provider, Headers headers, Instant now) {
        return new ResponsesStream(WireProtocol.of(provider).remaining(headers, now));
    }

    @Override
    public OptionalLong maxTokens() {
        JsonNode max = field("max_output_tokens");
        return max.isIntegralNumber() ? OptionalLong.of(max.longValue()) : OptionalLong.empty();
    }

    @Override
    boolean isAnswer(JsonNode reply) {
        return reply.path("output").isArray();
    }

    @Override
    @Nullable
    Usage usage(JsonNode usage) {
        return UsageJson.ofResponse(usage);
    }
}
