package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A chat such as OpenAI's clients send, made up from a seed, and what is meant by it: who says what, in which order,
 * which functions are called and what comes of them.
 */
final class GeneratedChat {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static final List<String> TEXTS = List.of(
            "Hello", "  two spaces ", "line\nbreak", "\"quoted\" \\ back", "日本語", "🙂", "{\"a\":1}", "é", "0", "null",
            "a\u2028b",
            "<tag/>", "x".repeat(300));
    private static final List<String> BLANKS = List.of("", " ", "\n\t", "\u00a0");
    private static final List<String> SCALARS = List.of(
            "null", "true", "false", "0", "-1", "1.0", "1.10", "12345678901234567890", "0.1", "1e400", "-2.5E-7",
            "123456789.123456789123456789", "\"\"", "\"日本 \\ud83d\\ude42\"", "\"\\\\ \\\" \\n\"", "\"12\"");

    final ObjectNode request = MAPPER.createObjectNode();
    final List<String> instructions = new ArrayList<>();
    /** Role and text, in the order they were said. */
    final List<String> said = new ArrayList<>();
    /** Role and address. */
    final List<String> images = new ArrayList<>();
    final List<JsonNode> thinking = new ArrayList<>();
    /** Id, name and arguments. */
    final List<List<Object>> calls = new ArrayList<>();
    final Map<String, List<String>> results = new LinkedHashMap<>();

    private final SplittableRandom random;
    private final ArrayNode messages;

    GeneratedChat(SplittableRandom random) {
        this.random = random;
        request.put("model", "chat");
        this.messages = request.putArray("messages");
        maybeInstruction();
        user();
        int exchanges = random.nextInt(6);
        for (int i = 0; i < exchanges; i++) {
            maybeInstruction();
            switch (random.nextInt(4)) {
                case 0 -> user();
                case 1 -> texts(assistant(), "assistant");
                case 2 -> toolUse();
                default -> blank();
            }
        }
        user();
    }

    byte[] body() {
        return WireFiles.utf8(request.toString());
    }

    static <T> T pick(List<T> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }

    /** An object as text, with numbers that no double holds. */
    static String object(SplittableRandom random, int depth) {
        StringBuilder json = new StringBuilder("{");
        int fields = random.nextInt(4);
        for (int i = 0; i < fields; i++) {
            json.append(i == 0 ? "" : ", ").append("\"f").append(i).append("\": ").append(value(random, depth));
        }
        return json.append(" }").toString();
    }

    private static String value(SplittableRandom random, int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(3)) {
            case 1 -> object(random, depth - 1);
            case 2 -> "[" + value(random, depth - 1) + "," + value(random, depth - 1) + "]";
            default -> pick(SCALARS, random);
        };
    }

    private ObjectNode message(String role) {
        return messages.addObject().put("role", role);
    }

    private void maybeInstruction() {
        if (random.nextInt(4) == 0) {
            String text = pick(TEXTS, random);
            message(random.nextBoolean() ? "system" : "developer").put("content", text);
            instructions.add(text);
        }
    }

    private void blank() {
        message(random.nextBoolean() ? "user" : "assistant").put("content", pick(BLANKS, random));
    }

    private void user() {
        ObjectNode message = message("user");
        texts(message, "user");
        if (message.path("content") instanceof ArrayNode parts && random.nextBoolean()) {
            String url = "https://images.test/" + random.nextInt(1000);
            parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
            images.add("user " + url);
        }
    }

    /** The text, as a string or in parts with some that are blank. */
    private void texts(ObjectNode message, String role) {
        for (String text : content(message)) {
            said.add(role + " " + text);
        }
    }

    private List<String> content(ObjectNode message) {
        if (random.nextBoolean()) {
            String text = pick(TEXTS, random);
            message.put("content", text);
            return List.of(text);
        }
        List<String> texts = new ArrayList<>();
        ArrayNode parts = message.putArray("content");
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            texts.add(pick(TEXTS, random));
            parts.addObject().put("type", "text").put("text", texts.getLast());
            if (random.nextInt(3) == 0) {
                parts.addObject().put("type", "text").put("text", pick(BLANKS, random));
            }
        }
        return texts;
    }

    private ObjectNode assistant() {
        ObjectNode message = message("assistant").putNull("refusal");
        if (random.nextInt(3) == 0) {
            ArrayNode blocks = message.putArray("thinking_blocks");
            int count = random.nextInt(1, 3);
            for (int i = 0; i < count; i++) {
                thinking.add(random.nextBoolean()
                        ? blocks.addObject().put("type", "redacted_thinking").put("data", "d" + random.nextInt(1000))
                        : blocks.addObject()
                                .put("type", "thinking")
                                .put("thinking", pick(TEXTS, random))
                                .put("signature", "s" + random.nextInt(1000)));
            }
        }
        return message;
    }

    /** Calls, and their results in any order, with other words in between. */
    private void toolUse() {
        ObjectNode message = assistant();
        if (random.nextBoolean()) {
            texts(message, "assistant");
        } else {
            message.putNull("content");
        }
        ArrayNode made = message.putArray("tool_calls");
        List<String> ids = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            ids.add("call_" + calls.size());
            call(made.addObject(), ids.getLast());
        }
        Collections.shuffle(ids, new Random(random.nextLong()));
        for (String id : ids) {
            maybeInstruction();
            ObjectNode result = message("tool").put("tool_call_id", id);
            results.put(id, content(result));
            if (random.nextInt(5) == 0) {
                user();
            }
        }
    }

    private void call(ObjectNode call, String id) {
        String arguments = object(random, 3);
        String name = "f" + random.nextInt(3);
        call.put("id", id).put("type", "function");
        ObjectNode function = call.putObject("function").put("name", name);
        if (random.nextInt(4) > 0) {
            function.put("arguments", arguments);
        } else {
            function.set("arguments", WireFiles.json(WireFiles.utf8(arguments)));
        }
        calls.add(List.of(id, name, WireFiles.json(WireFiles.utf8(arguments))));
    }
}
