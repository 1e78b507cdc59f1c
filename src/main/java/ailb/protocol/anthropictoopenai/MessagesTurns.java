package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** Checks which of Anthropic's turns can become chat messages without loss. */
final class MessagesTurns {

    static final String USER = "user";
    static final String ASSISTANT = "assistant";

    private MessagesTurns() {}

    /** The path of the first part of {@code system} that has no equivalent. */
    static Optional<String> systemFault(JsonNode system) {
        return Fields.firstFault(system, MessagesTurns::textFault).map(field -> "system" + field);
    }

    /**
     * The path of the first part of a turn that has no equivalent. A last turn of the assistant is refused: a chat's
     * answer is a new message and does not continue one.
     */
    static Optional<String> fault(JsonNode messages) {
        int last = messages.size() - 1;
        return Fields.firstFault(messages, MessagesTurns::turnFault)
                .or(() -> Fields.is(messages.path(last).path("role"), ASSISTANT)
                        ? Optional.of("[" + last + "].role")
                        : Optional.empty())
                .map(field -> "messages" + field);
    }

    private static Optional<String> turnFault(JsonNode turn) {
        boolean isUsers = Fields.is(turn.path("role"), USER);
        if (!isUsers && !Fields.is(turn.path("role"), ASSISTANT)) {
            return Optional.of("role");
        }
        return Fields.firstOther(turn, Set.of("role", "content"))
                .or(() -> Fields.firstFault(
                        turn.path("content"),
                        isUsers ? MessagesTurns::usersFault : MessagesTurns::assistantsFault)
                        .map(field -> "content" + field));
    }

    private static Optional<String> usersFault(JsonNode block) {
        return switch (block.path("type").textValue()) {
            case "text" -> textFault(block);
            case "image" -> MessagesMedia.imageFault(block);
            case "document" -> MessagesMedia.documentFault(block);
            case "tool_result" -> MessagesToolUse.resultFault(block);
            default -> Optional.of("type");
        };
    }

    private static Optional<String> assistantsFault(JsonNode block) {
        return switch (block.path("type").textValue()) {
            case "text" -> textFault(block);
            case "tool_use" -> MessagesToolUse.fault(block);
            case "thinking" -> Fields.unless(block.path("thinking").isTextual(), "thinking");
            case "redacted_thinking" -> Optional.empty();
            default -> Optional.of("type");
        };
    }

    /** The path, within a block, of the part that is not plain text. */
    static Optional<String> textFault(JsonNode block) {
        return Fields.unless(Fields.is(block.path("type"), "text"), "type")
                .or(() -> Fields.firstOther(block, Set.of("type", "text", "cache_control")))
                .or(() -> Fields.unless(block.path("text").isTextual(), "text"));
    }
}
