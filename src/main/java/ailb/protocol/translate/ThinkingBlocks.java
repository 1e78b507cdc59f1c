package ailb.protocol.translate;

import ailb.protocol.json.Fields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** What both directions know of thinking: efforts of the same name, and Anthropic's blocks of thoughts. */
public final class ThinkingBlocks {

    /** Efforts that both APIs know by the same name. */
    public static final Set<String> EFFORTS = Set.of("low", "medium", "high", "xhigh");

    private ThinkingBlocks() {}

    /** Whether a block of content is a thought, as Anthropic signs or hides it. */
    public static boolean isBlock(JsonNode block) {
        JsonNode type = block.path("type");
        return (Fields.is(type, "thinking") && block.path("thinking").isTextual()
                && block.path("signature").isTextual())
                || (Fields.is(type, "redacted_thinking") && block.path("data").isTextual());
    }
}
