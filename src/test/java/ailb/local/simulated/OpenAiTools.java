package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Which functions OpenAI's models call, the same for chats and responses. */
final class OpenAiTools {

    private OpenAiTools() {}

    /**
     * Those to call.
     *
     * @param functions {@code {name, parameters}}
     * @param choice a word, or an object
     * @param named where the choice is an object, the part of it with the name
     */
    static List<Tool> callable(List<JsonNode> functions, JsonNode choice, JsonNode named, JsonNode parallel) {
        return functions.stream()
                .filter(_ -> !choice.asText().equals("none"))
                .filter(function -> !named.has("name") || function.path("name").equals(named.path("name")))
                .limit(parallel.asBoolean(true) ? functions.size() : 1)
                .map(function -> new Tool(function.path("name").textValue(), function.path("parameters")))
                .toList();
    }

    static String callId(Call call, int index) {
        return "call_" + call.id() + "-" + index;
    }
}
