package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Fields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks the order of the turns for Anthropic: a user's turn comes first, and calls and results match turn by turn. */
final class ChatOrder {

    private boolean hasTurns;
    private boolean isAssistants;

    /** Calls of the assistant's last turn that have no result yet, with their positions. */
    private final Map<String, Call> unanswered = new LinkedHashMap<>();
    private final Set<String> calls = new HashSet<>();

    private ChatOrder() {}

    private record Call(int message, int call) {

        String path() {
            return "messages[" + message + "].tool_calls[" + call + "]";
        }
    }

    /**
     * The path of the first message or call in the wrong place. Only for messages without an
     * {@link ChatMessages#fault}.
     */
    static Optional<String> fault(JsonNode messages) {
        ChatOrder order = new ChatOrder();
        for (int i = 0; i < messages.size(); i++) {
            Optional<String> fault = order.add(messages.get(i), i);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return order.firstUnanswered().or(() -> Fields.unless(order.hasTurns, "messages"));
    }

    private Optional<String> add(JsonNode message, int at) {
        return switch (message.path("role").textValue()) {
            case "assistant" -> addAssistant(message, at);
            case "tool" -> addResult(message, at);
            case "user" -> {
                if (ChatConversation.hasBlocks(message.path("content"))) {
                    hasTurns = true;
                    isAssistants = false;
                }
                yield Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private Optional<String> addAssistant(JsonNode message, int at) {
        if (!ChatConversation.isAssistantsTurn(message)) {
            return Optional.empty();
        }
        if (!hasTurns) {
            // Not repaired: an invented user turn would change the conversation.
            return Optional.of("messages[" + at + "].role");
        }
        Optional<String> left = isAssistants ? Optional.empty() : firstUnanswered();
        if (left.isPresent()) {
            return left;
        }
        isAssistants = true;
        JsonNode toolCalls = message.path("tool_calls");
        for (int i = 0; i < toolCalls.size(); i++) {
            String id = toolCalls.get(i).path("id").textValue();
            Call call = new Call(at, i);
            if (!calls.add(id)) {
                return Optional.of(call.path() + ".id");
            }
            unanswered.put(id, call);
        }
        return Optional.empty();
    }

    private Optional<String> addResult(JsonNode message, int at) {
        hasTurns = true;
        isAssistants = false;
        return unanswered.remove(message.path("tool_call_id").textValue()) == null
                ? Optional.of("messages[" + at + "].tool_call_id")
                : Optional.empty();
    }

    private Optional<String> firstUnanswered() {
        return unanswered.values().stream().findFirst().map(Call::path);
    }
}
