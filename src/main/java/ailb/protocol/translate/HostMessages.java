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

/** A chat's messages as a host of OpenAI's protocol takes them; {@link Hosts} knows who takes what. */
public final class HostMessages {

    /** Thoughts with the signatures of those who had them: of use to an endpoint of Anthropic's protocol only. */
    private static final String SIGNED_THOUGHTS = "thinking_blocks";

    private static final String THOUGHTS = "reasoning_content";

    /** DeepSeek's newer models refuse an empty one too. */
    private static final String NO_THOUGHT = " ";

    /** Google documents it for calls that another model made. */
    private static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private HostMessages() {}

    /** The messages without what the host refuses; empty where they are as it takes them. */
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

    /** The same of messages that are ours to change, with what Anthropic's callers cannot give: it has no place there. */
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
        // Of calls made at once Gemini signs the first.
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

    /** The same, or a copy where the id does not fit. An empty one names no call. */
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
