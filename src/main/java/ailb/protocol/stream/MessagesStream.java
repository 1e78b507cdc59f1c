package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.Remaining;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A message of an Anthropic caller at an endpoint of that protocol. Events pass through as they come. */
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
