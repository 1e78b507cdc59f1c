package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** A chat's messages as a host of OpenAI's protocol takes them; {@link Hosts} knows who takes what. */
final class HostMessages {

    /** Thoughts with the signatures of those who had them: of use to an endpoint of Anthropic's protocol only. */
    private static final String SIGNED_THOUGHTS = "thinking_blocks";

    private static final String THOUGHTS = "reasoning_content";

    private HostMessages() {}

    /** The messages without what the host refuses; empty where there is nothing of it. */
    static Optional<ArrayNode> changed(URI baseUrl, JsonNode messages) {
        List<String> refused =
                Hosts.takesThoughtsBack(baseUrl) ? List.of(SIGNED_THOUGHTS) : List.of(SIGNED_THOUGHTS, THOUGHTS);
        if (messages.valueStream().noneMatch(message -> refused.stream().anyMatch(message::has))) {
            return Optional.empty();
        }
        ArrayNode fitting = Json.array();
        messages.forEach(message -> fitting.add(copy(message).remove(refused)));
        return Optional.of(fitting);
    }

    private static ObjectNode copy(JsonNode message) {
        return Json.object().setAll((ObjectNode) message);
    }
}
