package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.OpenAiProtocol;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A chat as OpenAI's API streams it, whoever it is for: chunks, one more for the usage, and {@code [DONE]}. */
abstract sealed class ChatEvents extends JsonEventStream permits OpenAiChatStream, ChatToMessagesStream {

    private @Nullable Usage usage;
    private boolean hasFinished;

    /** @param callers the caller's protocol */
    ChatEvents(Provider callers, List<Remaining> remaining) {
        super(Provider.OPENAI, callers, remaining, Limits.OF_TEXT);
    }

    /** What a chunk, which has a {@code choices} array, comes to for the caller. */
    abstract Step chunk(ServerSentEvents.Event event, JsonNode chunk);

    @Override
    final Step read(ServerSentEvents.Event event, JsonNode chunk) {
        if (!Json.isAbsent(chunk.path("error"))) {
            return failed(event, chunk);
        }
        JsonNode choices = chunk.path("choices");
        if (!choices.isArray()) {
            return broken("an event without choices");
        }
        Usage told = OpenAiProtocol.usage(chunk);
        usage = told == null ? usage : told;
        for (JsonNode choice : choices) {
            countAll(choice.path("delta"));
            hasFinished |= choice.path("finish_reason").isTextual();
        }
        return chunk(event, chunk);
    }

    /** Whether a chunk brings something of the answer: anything but the role, and not empty. */
    static boolean hasContent(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            for (Map.Entry<String, JsonNode> field : choice.path("delta").properties()) {
                if (!field.getKey().equals("role") && !isEmpty(field.getValue())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainerNode() ? value.isEmpty() : value.asText("").isEmpty();
    }

    /** Characters of what a model has written, names left out. */
    private void countAll(JsonNode delta) {
        count(delta.path("content"));
        count(delta.path("refusal"));
        count(thought(delta));
        delta.path("tool_calls").forEach(call -> count(call.path("function").path("arguments")));
    }

    /** A piece of the model's thoughts; providers have two names for it. */
    static JsonNode thought(JsonNode delta) {
        JsonNode thought = delta.path("reasoning_content");
        return thought.isTextual() ? thought : delta.path("reasoning");
    }

    /** Some providers leave out the last event; one whose choices have ended is complete without it. */
    final boolean hasFinished() {
        return hasFinished;
    }

    @Override
    public final Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }
}
