package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an account of OpenAI's has stored of its responses, for later ones to refer to; old ones are forgotten. */
final class StoredItems {

    private static final int MOST = 10_000;

    /** Items by their ids, and the conversation up to a response by the response's. */
    private final Map<String, ArrayNode> stored = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ArrayNode> eldest) {
            return size() > MOST;
        }
    };

    synchronized void put(String responseId, ArrayNode input, ArrayNode output) {
        stored.put(responseId, input.deepCopy().addAll(output));
        output.forEach(item -> stored.put(
                item.path("id").asText(), JsonNodeFactory.instance.arrayNode().add(item)));
    }

    /** The whole conversation: what a request refers to, and what it brings itself. */
    synchronized ArrayNode conversation(JsonNode body) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        Optional.ofNullable(stored.get(body.path("previous_response_id").asText())).ifPresent(all::addAll);
        JsonNode input = body.path("input");
        if (input.isTextual()) {
            all.addObject().put("role", "user").set("content", input);
        }
        for (JsonNode item : input) {
            if (isReference(item)) {
                Optional.ofNullable(stored.get(item.path("id").asText())).ifPresent(all::addAll);
            } else {
                all.add(item);
            }
        }
        return all;
    }

    /** A reference to something that is not stored here. */
    synchronized Optional<Fault> fault(JsonNode body) {
        JsonNode previous = body.path("previous_response_id");
        if (previous.isTextual() && !stored.containsKey(previous.textValue())) {
            return Fault.of("Previous response with id '" + previous.textValue() + "' not found.",
                    "previous_response_id", "previous_response_not_found");
        }
        return body.path("input")
                .valueStream()
                .filter(StoredItems::isReference)
                .map(item -> item.path("id").asText())
                .filter(id -> !stored.containsKey(id))
                .map(id -> new Fault(404, "Item with id '" + id + "' not found.", "input", null))
                .findFirst();
    }

    private static boolean isReference(JsonNode item) {
        return item.path("type").asText().equals("item_reference");
    }
}
