package ailb.protocol.stream;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.MessageText;
import ailb.protocol.translate.ToolCallIds;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the content blocks of a message from the deltas of a chat (ADR 13). Anthropic's blocks are strictly
 * sequential, but fragments of OpenAI's tool calls may arrive in any order. Thoughts, text and the first call are sent
 * as they arrive. What comes after the first call waits until the end, because more of that call may arrive at any
 * time.
 */
final class MessageBlocks {

    private static final String THINKING = "thinking";
    private static final String TEXT = "text";
    private static final String TOOL_USE = "tool_use";

    private final boolean showsThoughts;
    private final StringBuilder out;
    private final Map<Integer, Block> calls = new HashMap<>();
    private final Deque<Block> waiting = new ArrayDeque<>();
    private @Nullable Block open;
    private int ended;
    private boolean argumentsAreObjects = true;

    /** @param out receives the events */
    MessageBlocks(boolean showsThoughts, StringBuilder out) {
        this.showsThoughts = showsThoughts;
        this.out = out;
    }

    /**
     * One block.
     *
     * @param start its {@code content_block}, still empty
     * @param waits whether it is sent at the end
     * @param text the whole text of a block that waits, or all arguments of a call
     */
    private record Block(ObjectNode start, boolean waits, StringBuilder text) {

        boolean isCall() {
            return type().equals(TOOL_USE);
        }

        String type() {
            return start.path("type").textValue();
        }

        ObjectNode delta(String text) {
            if (isCall()) {
                return Json.object().put("type", "input_json_delta").put("partial_json", text);
            }
            return Json.object().put("type", type() + "_delta").put(type(), text);
        }
    }

    boolean hasCalls() {
        return !calls.isEmpty();
    }

    /** Adds a delta. Returns false if a call has no id or no name. */
    boolean add(JsonNode delta) {
        say(THINKING, showsThoughts ? ChatEvents.thought(delta).asText("") : "");
        say(TEXT, String.join("", MessageText.of(delta)));
        for (JsonNode fragment : delta.path("tool_calls")) {
            Block call = call(fragment);
            if (call == null) {
                return false;
            }
            goOn(call, fragment.path("function").path("arguments").asText(""));
        }
        return true;
    }

    /** Appends to the last block if it has this type, else starts a new one. */
    private void say(String type, String text) {
        if (text.isEmpty()) {
            return;
        }
        Block last = hasCalls() ? waiting.peekLast() : open;
        if (last == null || !last.type().equals(type)) {
            ObjectNode start = Json.object().put("type", type).put(type, "");
            last = take(type.equals(THINKING) ? start.put("signature", "") : start);
        }
        goOn(last, text);
    }

    /** The call that a fragment belongs to. Some providers give every call the index 0, so the ids are compared too. */
    private @Nullable Block call(JsonNode fragment) {
        int index = fragment.path("index").asInt();
        String id = fragment.path("id").asText("");
        JsonNode name = fragment.path("function").path("name");
        Block known = calls.get(index);
        if (known != null && (id.isEmpty() || isOf(id, known))) {
            return known;
        }
        if (id.isEmpty() || name.asText("").isEmpty()) {
            return null;
        }
        ObjectNode start = Json.object().put("type", TOOL_USE);
        start.put("id", ToolCallIds.forAnthropic(id));
        start.set("name", name);
        start.putObject("input");
        Block call = take(start);
        calls.put(index, call);
        return call;
    }

    private static boolean isOf(String id, Block call) {
        return Fields.is(call.start().path("id"), ToolCallIds.forAnthropic(id));
    }

    private Block take(ObjectNode start) {
        Block block = new Block(start, hasCalls(), new StringBuilder());
        if (block.waits()) {
            waiting.add(block);
        } else {
            begin(block);
        }
        return block;
    }

    private void goOn(Block block, String text) {
        if (block.waits() || block.isCall()) {
            block.text().append(text);
        }
        if (!block.waits() && !text.isEmpty()) {
            write("content_block_delta", "delta", block.delta(text));
        }
    }

    /** Ends all blocks. Returns false if the arguments of a call are not a JSON object. */
    boolean close() {
        end();
        for (Block block : waiting) {
            begin(block);
            if (!block.text().isEmpty()) {
                write("content_block_delta", "delta", block.delta(block.text().toString()));
            }
            end();
        }
        waiting.clear();
        return argumentsAreObjects;
    }

    private void begin(Block block) {
        end();
        open = block;
        write("content_block_start", "content_block", block.start());
    }

    private void end() {
        if (open != null) {
            out.append(StreamEvents.named(event("content_block_stop")));
            ended++;
            argumentsAreObjects &= !open.isCall() || isObject(open.text().toString());
            open = null;
        }
    }

    private static boolean isObject(String arguments) {
        return arguments.isBlank() || Json.parse(arguments).filter(JsonNode::isObject).isPresent();
    }

    private void write(String type, String field, ObjectNode value) {
        ObjectNode event = event(type);
        event.set(field, value);
        out.append(StreamEvents.named(event));
    }

    private ObjectNode event(String type) {
        return Json.object().put("type", type).put("index", ended);
    }
}
