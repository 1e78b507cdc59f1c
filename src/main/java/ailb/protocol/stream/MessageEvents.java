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

/** A message as Anthropic's API streams it, whoever it is for: from {@code message_start} to {@code message_stop}. */
abstract sealed class MessageEvents extends JsonEventStream permits MessagesStream, MessagesToChatStream {

    private final ObjectNode usage = Json.object();
    private boolean hasStarted;
    private boolean outputIsTold;

    /** @param callers the caller's protocol */
    MessageEvents(Provider callers, List<Remaining> remaining) {
        super(Provider.ANTHROPIC, callers, remaining, Limits.OF_TEXT);
    }

    /** What an event after the start, or the start itself, comes to for the caller. */
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
            default -> {} // others tell no usage and no text
        }
        return hasStarted || type.textValue().equals("ping")
                ? told(event, type.textValue(), data)
                : broken("an event before message_start");
    }

    /** Whether an event brings something of the answer: a block that is more than opened, or a part of one. */
    static boolean hasContent(String type, JsonNode data) {
        return switch (type) {
            case "content_block_start" -> hasContent(data.path("content_block"));
            case "content_block_delta" -> hasText(data.path("delta"));
            default -> false;
        };
    }

    /** Blocks of text and of thoughts are opened empty; of a call and others the start tells something. */
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

    /** Counts are of all so far, not of what is new; an event tells some of them, and may say null of the others. */
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

    /** Until its end a message tells of its output a number that stands for none: an estimate is nearer. */
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
