package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.error.ProviderError;
import ailb.protocol.json.Json;
import ailb.protocol.wire.RequestKind;
import java.nio.charset.StandardCharsets;

/** Events of the balancer's own in a stream for a caller. */
public final class OwnEvents {

    /** No blank line after it: there are clients that take one for the end of an event, which would be empty. */
    private static final byte[] COMMENT = ": keep-alive\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PING = StreamEvents.bytes(StreamEvents.named(Json.object().put("type", "ping")));

    private OwnEvents() {}

    /** What shows that a request goes on, and means nothing: a comment, or what Anthropic's API itself sends. */
    public static byte[] heartbeat(Provider caller) {
        return switch (caller) {
            case OPENAI -> COMMENT;
            case ANTHROPIC -> PING;
        };
    }

    /** The one event of a stream without an answer: an error. */
    public static byte[] error(RequestKind kind, ApiError error) {
        return switch (kind) {
            case RESPONSES -> StreamEvents.responsesError(error, 0);
            case CHAT_COMPLETIONS, EMBEDDINGS -> StreamEvents.chatError(error);
            case MESSAGES, COUNT_TOKENS -> StreamEvents.messagesError(error);
        };
    }

    /**
     * The same with the words of a provider that has refused the request.
     *
     * @param body that the caller would have been sent with the status
     */
    public static byte[] error(RequestKind kind, int status, byte[] body) {
        return error(kind, ProviderError.of(Json.parse(body), body).toApiError(status));
    }
}
