package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.FieldPath;
import ailb.protocol.translate.FieldRule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Which messages requests can be put to OpenAI without losing anything. A null is as good as nothing everywhere. */
public final class MessagesSupport {

    private MessagesSupport() {}

    /** The path of the first field that has no equivalent, or empty. */
    public static Optional<String> firstUnsupported(ObjectNode root) {
        return FieldRule.firstFault(MessagesFields.RULES, root)
                .or(() -> conflict(root))
                .or(() -> MessagesTurns.fault(root.path("messages")))
                .map(path -> FieldPath.in("", path));
    }

    /** Fields that are served each by itself, but not together. */
    private static Optional<String> conflict(ObjectNode root) {
        return MessagesTools.forced(root) && !MessagesTools.given(root)
                ? Optional.of("tool_choice")
                : MessagesThinking.conflict(root);
    }
}
