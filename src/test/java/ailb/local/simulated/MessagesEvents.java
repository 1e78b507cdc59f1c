package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A message as Anthropic streams it. For one stream. */
final class MessagesEvents {

    private final List<ObjectNode> events = new ArrayList<>();

    /** All events of a message, each as it goes on the wire. */
    List<String> of(ObjectNode message) {
        ObjectNode begun = message.deepCopy().putNull("stop_reason");
        begun.putArray("content");
        begun.withObject("usage").put("output_tokens", 1);
        add("message_start").set("message", begun);
        for (int i = 0; i < message.path("content").size(); i++) {
            block(message.path("content").path(i), i);
            if (i == 0) {
                add("ping");
            }
        }
        ObjectNode end = add("message_delta");
        end.putObject("delta").put("stop_reason", message.path("stop_reason").textValue()).putNull("stop_sequence");
        end.putObject("usage").set("output_tokens", message.path("usage").path("output_tokens"));
        add("message_stop");
        return events.stream()
                .map(event -> "event: " + event.path("type").textValue() + "\ndata: " + event + "\n\n")
                .toList();
    }

    private ObjectNode add(String type) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", type);
        events.add(event);
        return event;
    }

    private void block(JsonNode block, int index) {
        ObjectNode begun = block.deepCopy();
        add("content_block_start").put("index", index).set("content_block", begun);
        switch (block.path("type").textValue()) {
            case "thinking" -> {
                begun.put("thinking", "").put("signature", "");
                StreamedAnswer.words(block.path("thinking").textValue())
                        .forEach(word -> delta("thinking_delta", "thinking", word, index));
                delta("signature_delta", "signature", block.path("signature").textValue(), index);
            }
            case "tool_use" -> {
                begun.putObject("input");
                delta("input_json_delta", "partial_json", "", index);
                StreamedAnswer.fragments(block.path("input").toString())
                        .forEach(fragment -> delta("input_json_delta", "partial_json", fragment, index));
            }
            default -> {
                begun.put("text", "");
                StreamedAnswer.words(block.path("text").textValue())
                        .forEach(word -> delta("text_delta", "text", word, index));
            }
        }
        add("content_block_stop").put("index", index);
    }

    private void delta(String type, String field, String value, int index) {
        add("content_block_delta").put("index", index).putObject("delta").put("type", type).put(field, value);
    }
}
