package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.FieldPath;
import ailb.protocol.translate.FieldRule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Which chat requests can be put to Anthropic without losing anything. A null is as good as nothing everywhere. */
public final class AnthropicSupport {

    private AnthropicSupport() {}

    /** The path of the first field that has no equivalent, or empty. */
    public static Optional<String> firstUnsupported(ObjectNode root) {
        return FieldRule.firstFault(AnthropicFields.RULES, root)
                .or(() -> conflict(root))
                .or(() -> AnthropicMessages.fault(root.path("messages")))
                .or(() -> AnthropicOrder.fault(root.path("messages")))
                .map(path -> FieldPath.in("", path));
    }

    /** Fields that are served each by itself, but not together. */
    private static Optional<String> conflict(ObjectNode root) {
        return AnthropicTools.forced(root) && !AnthropicTools.given(root)
                ? Optional.of("tool_choice")
                : AnthropicThinking.conflict(root);
    }
}
