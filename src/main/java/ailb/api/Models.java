package ailb.api;

import ailb.pool.Pool;
import ailb.pool.Provider;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The public models, in the format of either API. The creation date is not known and given as 1970. */
final class Models {

    private Models() {}

    static byte[] list(Pool pool, Provider protocol) {
        return Bodies.bytes(switch (protocol) {
            case OPENAI -> openAi(pool.models());
            case ANTHROPIC -> anthropic(pool.models());
        });
    }

    /**
     * One model; empty if it is not served.
     *
     * @param name as in the path: percent-encoded, or already decoded by the gateway
     */
    static Optional<byte[]> one(Pool pool, String name, Provider protocol) {
        return Stream.concat(Stream.of(name), decoded(name).stream())
                .filter(pool.models()::contains)
                .findFirst()
                .map(model -> Bodies.bytes(switch (protocol) {
                    case OPENAI -> openAi(model);
                    case ANTHROPIC -> anthropic(model);
                }));
    }

    private static Optional<String> decoded(String name) {
        try {
            return Optional.of(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static ObjectNode openAi(List<String> models) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        models.forEach(model -> data.add(openAi(model)));
        return body;
    }

    private static ObjectNode openAi(String model) {
        return JsonNodeFactory.instance.objectNode()
                .put("id", model)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "ai-load-balancer");
    }

    /** All on one page. */
    private static ObjectNode anthropic(List<String> models) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode data = body.putArray("data");
        models.forEach(model -> data.add(anthropic(model)));
        return body.put("has_more", false).put("first_id", models.getFirst()).put("last_id", models.getLast());
    }

    private static ObjectNode anthropic(String model) {
        return JsonNodeFactory.instance.objectNode()
                .put("type", "model")
                .put("id", model)
                .put("display_name", model)
                .put("created_at", "1970-01-01T00:00:00Z");
    }
}
