package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.error.ProviderError;
import ailb.protocol.json.Json;
import ailb.protocol.wire.RequestKind;
import java.nio.charset.StandardCharsets;

/** The balancer's own events in a stream to a caller. */
public final class OwnEvents {

    /** No blank line follows: some clients would read it as the end of an empty event. */
    private static final byte[] COMMENT = ": keep-alive\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PING = StreamEvents.bytes(StreamEvents.named(Json.object().put("type", "ping")));

    private OwnEvents() {}

    /** An event without meaning that shows the request is still running: a comment, or Anthropic's {@code ping}. */
    public static byte[] heartbeat(Provider caller) {
        return switch (caller) {
            case OPENAI -> COMMENT;
            case ANTHROPIC -> PING;
        };
    }

    /** The only event of a stream without an answer: an error. */
    public static byte[] error(RequestKind kind, ApiError error) {
        return switch (kind) {
            case RESPONSES -> StreamEvents.responsesError(error, 0);
            case CHAT_COMPLETIONS, EMBEDDINGS -> StreamEvents.chatError(error);
            case MESSAGES, COUNT_TOKENS -> StreamEvents.messagesError(error);
        };
    }

    /**
     * The error event with the message of the provider that refused the request.
     *
     * @param body the error body that a caller who does not stream would get
     */
    public static byte[] error(RequestKind kind, int status, byte[] body) {
        return error(kind, ProviderError.of(Json.parse(body), body).toApiError(status));
    }
}
