package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream of OpenAI's Responses API. Events pass through unchanged, up to the event with the whole response. */
public final class ResponsesStream extends JsonEventStream {

    private @Nullable Usage usage;
    private long nextSequenceNumber;

    public ResponsesStream(List<Remaining> remaining) {
        // The first event repeats the request, and the last contains the whole answer. One event may hold an image of
        // some megabytes.
        super(Provider.OPENAI, Provider.OPENAI, remaining, Limits.OF_WHOLE_REPLIES);
    }

    @Override
    Step read(ServerSentEvents.Event event, JsonNode data) {
        JsonNode type = data.path("type");
        if (!type.isTextual()) {
            return broken("an event without a type");
        }
        Usage told = UsageJson.ofResponse(data.path("response").path("usage"));
        usage = told == null ? usage : told;
        if (type.textValue().endsWith(".delta") && !type.textValue().equals("response.audio.delta")) {
            count(data.path("delta"));
        }
        if (hasContent(type.textValue(), data)) {
            begin();
        }
        Step step = switch (type.textValue()) {
            case "error" -> failed(event, data);
            case "response.failed" -> failed(event, data.path("response"));
            case "response.completed", "response.incomplete" -> new Complete(event.raw());
            default -> more(event.raw());
        };
        if (step.events().length > 0) {
            nextSequenceNumber = Math.max(nextSequenceNumber, Json.count(data.path("sequence_number")) + 1);
        }
        return step;
    }

    /**
     * Whether an event has content. Each item of the answer starts with its own event; for text and reasoning that
     * event is empty.
     */
    private static boolean hasContent(String type, JsonNode data) {
        if (type.equals("response.output_item.added")) {
            JsonNode item = data.path("item").path("type");
            return item.isTextual() && !Fields.is(item, "message") && !Fields.is(item, "reasoning");
        }
        return type.endsWith(".delta")
                ? !data.path("delta").asText("").isEmpty() || data.path("delta").isContainerNode()
                : type.endsWith(".done") || type.endsWith(".partial_image");
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    /** Clients read the code from the last event of a response that has begun. */
    @Override
    void refused() {
        begin();
    }

    /** The provider's event as it is: clients read the code from it. */
    @Override
    byte[] refusal(ServerSentEvents.Event event, ApiError error) {
        return event.raw();
    }

    @Override
    public byte[] error(ApiError error) {
        return StreamEvents.responsesError(error, nextSequenceNumber);
    }
}
