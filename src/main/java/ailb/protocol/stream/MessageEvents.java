package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.pool.TokenEstimate;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message stream of Anthropic's API, for callers of either protocol: {@code message_start} to
 * {@code message_stop}.
 */
abstract sealed class MessageEvents extends JsonEventStream permits MessagesStream, MessagesToChatStream {

    private final ObjectNode usage = Json.object();
    private boolean hasStarted;
    private boolean outputIsTold;

    /** @param callers the caller's protocol */
    MessageEvents(Provider callers, List<Remaining> remaining) {
        super(Provider.ANTHROPIC, callers, remaining, Limits.OF_TEXT);
    }

    /** The result of an event for the caller: {@code message_start} or a later one. */
    abstract Step told(ServerSentEvents.Event event, String type, JsonNode data);

    @Override
    final Step read(ServerSentEvents.Event event, JsonNode data) {
        JsonNode type = data.path("type");
        if (!type.isTextual()) {
            return broken("an event without a type");
        }
        switch (type.textValue()) {
            case "error" -> {
                return failed(event, data);
            }
            case "message_start" -> {
                hasStarted = true;
                learn(data.path("message").path("usage"));
            }
            case "message_delta" -> {
                learn(data.path("usage"));
                outputIsTold |= Json.isCount(data.path("usage").path("output_tokens"));
            }
            case "content_block_delta" -> countAll(data.path("delta"));
            default -> {} // other types have no usage and no text
        }
        return hasStarted || type.textValue().equals("ping")
                ? told(event, type.textValue(), data)
                : broken("an event before message_start");
    }

    /** Whether an event has content: a block that does not start empty, or a part of a block. */
    static boolean hasContent(String type, JsonNode data) {
        return switch (type) {
            case "content_block_start" -> hasContent(data.path("content_block"));
            case "content_block_delta" -> hasText(data.path("delta"));
            default -> false;
        };
    }

    /** Text and thinking blocks start empty; the start of a tool call or another block already has content. */
    private static boolean hasContent(JsonNode block) {
        boolean isOpenedEmpty = Fields.is(block.path("type"), "text") || Fields.is(block.path("type"), "thinking");
        return isOpenedEmpty ? hasText(block) : block.path("type").isTextual();
    }

    private static boolean hasText(JsonNode node) {
        return node.properties()
                .stream()
                .anyMatch(field -> !field.getKey().equals("type")
                        && (field.getValue().isObject() || !field.getValue().asText("").isEmpty()));
    }

    /** Counts are cumulative. An event has some of them, and others may be null. */
    private void learn(JsonNode told) {
        told.properties().forEach(count -> {
            if (!count.getValue().isNull()) {
                usage.set(count.getKey(), count.getValue());
            }
        });
    }

    private void countAll(JsonNode delta) {
        count(delta.path("text"));
        count(delta.path("thinking"));
        count(delta.path("partial_json"));
    }

    /** The counts so far, in Anthropic's words. */
    final ObjectNode counts() {
        return usage;
    }

    /** Before its end a message has only a placeholder for its output tokens, so an estimate is used. */
    @Override
    public final Optional<Usage> usage() {
        @Nullable Usage told = UsageJson.ofAnthropic(usage);
        if (told == null || outputIsTold) {
            return Optional.ofNullable(told);
        }
        long output = Math.max(told.outputTokens(), TokenEstimate.ofCharacters(characters()));
        return Optional.of(new Usage(told.inputTokens(), output, told.cachedInputTokens(), told.reasoningTokens()));
    }
}
