package ailb.protocol.translate;

import ailb.pool.Endpoint;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.Sha256;
import ailb.protocol.wire.Hosts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Adapts a chat's messages to what a host of OpenAI's protocol accepts; {@link Hosts} knows the differences. */
public final class HostMessages {

    /** Signed thinking blocks, which only endpoints of Anthropic's protocol can use. */
    private static final String SIGNED_THOUGHTS = "thinking_blocks";

    private static final String THOUGHTS = "reasoning_content";

    /** A space: DeepSeek's newer models also refuse an empty {@code reasoning_content}. */
    private static final String NO_THOUGHT = " ";

    /** Google documents this value for tool calls that another model made. */
    private static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private HostMessages() {}

    /** The messages without what the host refuses; empty where nothing has to change. */
    public static Optional<ArrayNode> changed(URI baseUrl, JsonNode messages) {
        List<String> refused =
                Hosts.takesThoughtsBack(baseUrl) ? List.of(SIGNED_THOUGHTS) : List.of(SIGNED_THOUGHTS, THOUGHTS);
        boolean shortIds = Hosts.takesShortIdsOnly(baseUrl);
        if (!shortIds && messages.valueStream().noneMatch(message -> refused.stream().anyMatch(message::has))) {
            return Optional.empty();
        }
        ArrayNode fitting = Json.array();
        MessageDigest sha256 = Sha256.digest();
        for (JsonNode message : messages) {
            JsonNode without = refused.stream().anyMatch(message::has) ? copy(message).remove(refused) : message;
            fitting.add(shortIds ? withShortIds(without, sha256) : without);
        }
        return Optional.of(fitting).filter(changed -> !changed.equals(messages));
    }

    /**
     * Changes the messages in the same way, and adds what the host requires but Anthropic's format has no field for.
     * The messages must not be the caller's own tree.
     */
    public static ArrayNode completed(Endpoint endpoint, ArrayNode messages) {
        ArrayNode fitting = changed(endpoint.baseUrl(), messages).orElse(messages);
        for (JsonNode message : fitting) {
            if (message instanceof ObjectNode said && Fields.is(said.path("role"), "assistant")) {
                complete(endpoint, said);
            }
        }
        return fitting;
    }

    private static void complete(Endpoint endpoint, ObjectNode said) {
        if (Hosts.wantsThoughtsBack(endpoint.baseUrl()) && said.path(THOUGHTS).asText("").isEmpty()) {
            said.put(THOUGHTS, NO_THOUGHT);
        }
        // Gemini signs only the first of parallel calls.
        if (Hosts.wantsSignedCalls(endpoint) && said.path("tool_calls").path(0) instanceof ObjectNode call) {
            call.putObject("extra_content").putObject("google").put("thought_signature", NO_SIGNATURE);
        }
    }

    private static JsonNode withShortIds(JsonNode message, MessageDigest sha256) {
        JsonNode fitting = withShortId(message, "tool_call_id", sha256);
        JsonNode calls = message.path("tool_calls");
        if (!calls.isArray()) {
            return fitting;
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode(calls.size());
        calls.forEach(call -> all.add(withShortId(call, "id", sha256)));
        return copy(fitting).set("tool_calls", all);
    }

    /** The holder, or a copy with a short id where the id does not fit. An empty id stays. */
    private static JsonNode withShortId(JsonNode holder, String field, MessageDigest sha256) {
        JsonNode id = holder.path(field);
        if (!id.isTextual() || id.textValue().isEmpty()) {
            return holder;
        }
        String fitting = ToolCallIds.forMistral(id.textValue(), sha256);
        return fitting.equals(id.textValue()) ? holder : copy(holder).put(field, fitting);
    }

    private static ObjectNode copy(JsonNode message) {
        return Json.object().setAll((ObjectNode) message);
    }
}
