package ailb.protocol;

import ailb.pool.Provider;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A message of an Anthropic caller at an endpoint of that protocol. Events pass through as they come. */
final class MessagesStream extends MessageEvents {

    MessagesStream(List<Remaining> remaining) {
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
