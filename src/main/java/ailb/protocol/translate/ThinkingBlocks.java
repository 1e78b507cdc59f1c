package ailb.protocol.translate;

import ailb.protocol.json.Fields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Thinking in both directions: efforts with the same name in both APIs, and Anthropic's thinking blocks (ADR 11). */
public final class ThinkingBlocks {

    /** Efforts that have the same name in both APIs. */
    public static final Set<String> EFFORTS = Set.of("low", "medium", "high", "xhigh");

    private ThinkingBlocks() {}

    /** Whether a content block is Anthropic's {@code thinking} or {@code redacted_thinking}. */
    public static boolean isBlock(JsonNode block) {
        JsonNode type = block.path("type");
        return (Fields.is(type, "thinking") && block.path("thinking").isTextual()
                && block.path("signature").isTextual())
                || (Fields.is(type, "redacted_thinking") && block.path("data").isTextual());
    }
}
