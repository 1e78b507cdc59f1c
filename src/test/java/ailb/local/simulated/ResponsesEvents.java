package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A response as OpenAI streams it. For one stream. */
final class ResponsesEvents {

    private final List<ObjectNode> events = new ArrayList<>();

    /**
     * All events, each as it goes on the wire.
     *
     * @param started the response before anything has come
     * @param ended the same when all has
     */
    List<String> of(ObjectNode started, ObjectNode ended) {
        add("response.created").set("response", started);
        add("response.in_progress").set("response", started);
        for (int i = 0; i < ended.path("output").size(); i++) {
            JsonNode item = ended.path("output").path(i);
            ObjectNode begun = item.<ObjectNode>deepCopy().put("status", "in_progress");
            if (item.path("type").asText().equals("message")) {
                message(begun, item, i);
            } else {
                functionCall(begun, item, i);
            }
            add("response.output_item.done").put("output_index", i).set("item", item);
        }
        add("response." + ended.path("status").textValue()).set("response", ended);
        return events.stream()
                .map(event -> "event: " + event.path("type").textValue() + "\ndata: " + event + "\n\n")
                .toList();
    }

    private ObjectNode add(String type) {
        ObjectNode event =
                JsonNodeFactory.instance.objectNode().put("type", type).put("sequence_number", events.size());
        events.add(event);
        return event;
    }

    private ObjectNode add(String type, JsonNode item, int index) {
        return add(type).put("item_id", item.path("id").textValue()).put("output_index", index);
    }

    private void message(ObjectNode begun, JsonNode message, int index) {
        JsonNode part = message.path("content").path(0);
        begun.putArray("content");
        add("response.output_item.added").put("output_index", index).set("item", begun);
        ObjectNode empty = part.<ObjectNode>deepCopy().put("text", "");
        add("response.content_part.added", message, index).put("content_index", 0).set("part", empty);
        for (String word : StreamedAnswer.words(part.path("text").textValue())) {
            add("response.output_text.delta", message, index).put("content_index", 0)
                    .put("delta", word)
                    .putArray("logprobs");
        }
        add("response.output_text.done", message, index).put("content_index", 0)
                .put("text", part.path("text").textValue())
                .putArray("logprobs");
        add("response.content_part.done", message, index).put("content_index", 0).set("part", part);
    }

    private void functionCall(ObjectNode begun, JsonNode call, int index) {
        String arguments = call.path("arguments").textValue();
        add("response.output_item.added").put("output_index", index).set("item", begun.put("arguments", ""));
        for (String fragment : StreamedAnswer.fragments(arguments)) {
            add("response.function_call_arguments.delta", call, index).put("delta", fragment);
        }
        add("response.function_call_arguments.done", call, index).put("arguments", arguments)
                .set("name", call.path("name"));
    }
}
