package ailb.api;

import ailb.pool.Pool;
import ailb.pool.Provider;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The list of the public models, in the format of either API. When a model was made is nobody's to know here: 1970. */
final class Models {

    private Models() {}

    static byte[] list(Pool pool, Provider protocol) {
        return Bodies.bytes(switch (protocol) {
            case OPENAI -> openAi(pool.models());
            case ANTHROPIC -> anthropic(pool.models());
        });
    }

    private static ObjectNode openAi(List<String> models) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (String model : models) {
            data.addObject()
                    .put("id", model)
                    .put("object", "model")
                    .put("created", 0)
                    .put("owned_by", "ai-load-balancer");
        }
        return body;
    }

    /** All on one page. */
    private static ObjectNode anthropic(List<String> models) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode data = body.putArray("data");
        for (String model : models) {
            data.addObject()
                    .put("type", "model")
                    .put("id", model)
                    .put("display_name", model)
                    .put("created_at", "1970-01-01T00:00:00Z");
        }
        return body.put("has_more", false).put("first_id", models.getFirst()).put("last_id", models.getLast());
    }
}
