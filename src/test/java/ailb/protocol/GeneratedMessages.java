package ailb.protocol;

import static ailb.protocol.GeneratedChat.TEXTS;
import static ailb.protocol.GeneratedChat.pick;

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
 * What Anthropic's clients send to {@code /v1/messages}, made up from a seed, and what is meant by it: who says what, in
 * which order, which tools are called and what comes of them.
 */
final class GeneratedMessages {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    final ObjectNode request = MAPPER.createObjectNode();
    final List<String> instructions = new ArrayList<>();
    final List<String> usersTexts = new ArrayList<>();
    /** All that the assistant says, turn by turn, without a seam. */
    final StringBuilder assistantsText = new StringBuilder();
    final List<String> images = new ArrayList<>();
    /** Of those that nobody signed, turn by turn, without a seam. */
    final StringBuilder thoughts = new StringBuilder();
    /** Id, name and arguments. */
    final List<List<Object>> calls = new ArrayList<>();
    final Map<String, String> results = new LinkedHashMap<>();

    private final SplittableRandom random;
    private final ArrayNode messages;

    GeneratedMessages(SplittableRandom random) {
        this.random = random;
        request.put("model", "chat").put("max_tokens", random.nextInt(1, 1000));
        if (random.nextBoolean()) {
            instructions.addAll(texts(request, "system"));
        }
        this.messages = request.putArray("messages");
        user();
        int exchanges = random.nextInt(6);
        for (int i = 0; i < exchanges; i++) {
            switch (random.nextInt(3)) {
                case 0 -> user();
                case 1 -> assistant(false);
                default -> toolUse();
            }
        }
        user();
    }

    byte[] body() {
        return WireFiles.utf8(request.toString());
    }

    private ObjectNode message(String role) {
        return messages.addObject().put("role", role);
    }

    /** Texts as a string or in blocks. */
    private List<String> texts(ObjectNode holder, String field) {
        if (random.nextBoolean()) {
            String text = pick(TEXTS, random);
            holder.put(field, text);
            return List.of(text);
        }
        return texts(holder.putArray(field));
    }

    private List<String> texts(ArrayNode blocks) {
        List<String> texts = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            texts.add(pick(TEXTS, random));
            ObjectNode block = blocks.addObject().put("type", "text").put("text", texts.getLast());
            if (random.nextInt(4) == 0) {
                block.putObject("cache_control").put("type", "ephemeral");
            }
        }
        return texts;
    }

    private void user() {
        ObjectNode message = message("user");
        usersTexts.addAll(texts(message, "content"));
        if (message.path("content") instanceof ArrayNode blocks && random.nextBoolean()) {
            String url = "https://images.test/" + random.nextInt(1000);
            ObjectNode source = blocks.addObject().put("type", "image").putObject("source");
            source.put("type", "url").put("url", url);
            images.add(url);
        }
    }

    private ArrayNode assistant(boolean isSilent) {
        ObjectNode message = message("assistant");
        if (!isSilent && random.nextInt(3) == 0) {
            String text = pick(TEXTS, random);
            message.put("content", text);
            assistantsText.append(text);
            return MAPPER.createArrayNode();
        }
        ArrayNode blocks = message.putArray("content");
        think(blocks);
        if (!isSilent) {
            texts(blocks).forEach(assistantsText::append);
        }
        return blocks;
    }

    private void think(ArrayNode blocks) {
        String thought = pick(TEXTS, random);
        switch (random.nextInt(4)) {
            case 0 -> {
                blocks.addObject().put("type", "thinking").put("thinking", thought).put("signature", "");
                thoughts.append(thought);
            }
            case 1 -> blocks.addObject().put("type", "thinking").put("thinking", thought).put("signature", "c2ln");
            case 2 -> blocks.addObject().put("type", "redacted_thinking").put("data", "d");
            default -> {}
        }
    }

    /** Calls, perhaps in a turn each, and their results in any order, perhaps with other words in between. */
    private void toolUse() {
        ArrayNode blocks = assistant(true);
        List<String> ids = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(4) == 0) {
                blocks = message("assistant").putArray("content");
            }
            ids.add("toolu_" + calls.size());
            call(blocks.addObject(), ids.getLast());
        }
        Collections.shuffle(ids, new Random(random.nextLong()));
        ArrayNode answers = message("user").putArray("content");
        for (String id : ids) {
            if (random.nextInt(4) == 0) {
                answers = message("user").putArray("content");
            }
            result(answers.addObject().put("type", "tool_result").put("tool_use_id", id), id);
            if (random.nextInt(4) == 0) {
                usersTexts.addAll(texts(answers));
            }
        }
    }

    private void call(ObjectNode block, String id) {
        JsonNode input = WireFiles.json(WireFiles.utf8(GeneratedChat.object(random, 3)));
        String name = "f" + random.nextInt(3);
        block.put("type", "tool_use").put("id", id).put("name", name).set("input", input);
        calls.add(List.of(id, name, input));
    }

    private void result(ObjectNode block, String id) {
        String text = random.nextInt(4) == 0 ? "" : String.join("\n\n", texts(block, "content"));
        boolean failed = random.nextInt(4) == 0;
        if (failed) {
            block.put("is_error", true);
        }
        results.put(id, failed ? "Error: " + text : text);
    }
}
