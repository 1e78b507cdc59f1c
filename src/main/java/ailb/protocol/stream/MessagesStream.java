package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.Remaining;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A message stream from an endpoint of Anthropic's protocol for a caller of the same protocol. Events pass through
 * unchanged.
 */
public final class MessagesStream extends MessageEvents {

    public MessagesStream(List<Remaining> remaining) {
        super(Provider.ANTHROPIC, remaining);
    }

    @Override
    Step told(ServerSentEvents.Event event, String type, JsonNode data) {
        if (hasContent(type, data)) {
            begin();
        }
        return type.equals("message_stop") ? new Complete(event.raw()) : more(event.raw());
    }
}
