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

/**
 * Reads a chat stream of OpenAI's API, for callers of either protocol: chunks, a chunk with the usage, and
 * {@code [DONE]}.
 */
abstract sealed class ChatEvents extends JsonEventStream permits OpenAiChatStream, ChatToMessagesStream {

    private @Nullable Usage usage;
    private boolean hasFinished;

    /** @param callers the caller's protocol */
    ChatEvents(Provider callers, List<Remaining> remaining) {
        super(Provider.OPENAI, callers, remaining, Limits.OF_TEXT);
    }

    /** The result of a chunk for the caller. The chunk has a {@code choices} array. */
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

    /** Whether a chunk has content: any non-empty field other than the role. */
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

    /** Counts the characters that the model wrote, without names. */
    private void countAll(JsonNode delta) {
        count(delta.path("content"));
        count(delta.path("refusal"));
        count(thought(delta));
        delta.path("tool_calls").forEach(call -> count(call.path("function").path("arguments")));
    }

    /** A piece of the model's reasoning. Providers use two names for the field. */
    static JsonNode thought(JsonNode delta) {
        JsonNode thought = delta.path("reasoning_content");
        return thought.isTextual() ? thought : delta.path("reasoning");
    }

    /** Whether all choices have ended. Then the stream is complete, even if the provider leaves out the last event. */
    final boolean hasFinished() {
        return hasFinished;
    }

    @Override
    public final Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }
}
