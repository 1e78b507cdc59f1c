package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.OpenAiProtocol;
import ailb.protocol.wire.Remaining;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A chat stream from an endpoint of OpenAI's protocol for a caller of the same protocol. Events pass through unchanged.
 * The usage is always requested, and removed for a caller who did not ask for it.
 */
public final class OpenAiChatStream extends ChatEvents {

    private final boolean showsUsage;

    /** @param showsUsage whether the caller asked for the usage */
    public OpenAiChatStream(boolean showsUsage, List<Remaining> remaining) {
        super(Provider.OPENAI, remaining);
        this.showsUsage = showsUsage;
    }

    @Override
    Step chunk(ServerSentEvents.Event event, JsonNode chunk) {
        if (hasContent(chunk)) {
            begin();
        }
        boolean isUsage = chunk.path("choices").isEmpty() && OpenAiProtocol.usage(chunk) != null;
        return isUsage && !showsUsage ? nothing() : more(event.raw());
    }

    @Override
    Step done(ServerSentEvents.Event event) {
        return hasFinished() || hasContent() ? new Complete(event.raw())
                : broken("the stream ended before its content");
    }

    @Override
    Step ended() {
        return hasFinished() ? new Complete(StreamEvents.bytes(StreamEvents.DONE)) : super.ended();
    }
}
