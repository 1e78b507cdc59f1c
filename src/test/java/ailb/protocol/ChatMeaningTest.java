package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.hello;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Translation keeps the meaning of made-up chats, and Anthropic's rules. A failure names the seed that brings it back. */
class ChatMeaningTest {

    private static final int ROUNDS = 3_000;

    private static final Endpoint ENDPOINT =
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude");

    @Test
    void sameWordsOfTheSameSpeakersInTheSameOrder() {
        forEachChat((chat, sent) -> {
            assertThat(texts(sent.path("system"))).isEqualTo(chat.instructions);
            assertThat(said(sent.path("messages"), "text")).isEqualTo(chat.said);
            assertThat(said(sent.path("messages"), "image")).isEqualTo(chat.images);
        });
    }

    @Test
    void sameCallsResultsAndThoughts() {
        forEachChat((chat, sent) -> {
            List<List<Object>> calls = new ArrayList<>();
            Map<String, List<String>> results = new LinkedHashMap<>();
            List<JsonNode> thinking = new ArrayList<>();
            forEachBlock(sent.path("messages"), block -> {
                switch (block.path("type").asText()) {
                    case "tool_use" -> calls.add(
                            List.of(block.path("id").asText(), block.path("name").asText(), block.path("input")));
                    case "tool_result" -> results.put(
                            block.path("tool_use_id").asText(), texts(block.path("content")));
                    case "thinking", "redacted_thinking" -> thinking.add(block);
                    default -> assertThat(block.path("type").asText()).isIn("text", "image");
                }
            });
            assertThat(calls).isEqualTo(chat.calls);
            assertThat(results).isEqualTo(chat.results);
            assertThat(thinking).isEqualTo(chat.thinking);
        });
    }

    @Test
    void turnsAlternateAndResultsAnswerTheCallsOfTheTurnBefore() {
        forEachChat((_, sent) -> {
            String speaker = "assistant";
            List<String> called = List.of();
            for (JsonNode turn : sent.path("messages")) {
                assertThat(turn.path("role").asText()).isNotEqualTo(speaker);
                speaker = turn.path("role").asText();
                int blocks = turn.path("content").size();
                assertThat(blocks).isPositive();
                List<String> answered = ids(turn, "tool_result", "tool_use_id");
                assertThat(answered).containsExactlyInAnyOrderElementsOf(called);
                for (int i = 0; i < answered.size(); i++) {
                    assertThat(turn.path("content").path(i).path("type").asText()).isEqualTo("tool_result");
                }
                called = ids(turn, "tool_use", "id");
            }
            assertThat(called).isEmpty();
        });
    }

    /** The provider gets its own blocks back as it gave them, thoughts and their signatures first. */
    @Test
    void answerThatIsSentBackIsWhatAnthropicSaid() {
        forEachSeed(random -> {
            ArrayNode content = reply(random);
            JsonNode said = json(answer(content)).at("/choices/0/message");
            ObjectNode request = (ObjectNode) json(hello().body());
            ArrayNode messages = (ArrayNode) request.path("messages");
            messages.add(said);
            said.path("tool_calls")
                    .forEach(call -> messages.addObject()
                            .put("role", "tool")
                            .put("content", "done")
                            .put("tool_call_id", call.path("id").asText()));
            messages.addObject().put("role", "user").put("content", "Go on.");

            assertThat(sent(utf8(request.toString())).at("/messages/1/content")).isEqualTo(content);
        });
    }

    private byte[] answer(ArrayNode content) {
        ObjectNode reply = new ObjectMapper().createObjectNode();
        reply.set("content", content);
        return ((ProviderReply.Answer) hello().read(Provider.ANTHROPIC, 200, Headers.NONE, utf8(reply.toString()), NOW))
                .body();
    }

    static ArrayNode reply(SplittableRandom random) {
        ArrayNode content = new ObjectMapper().createArrayNode();
        for (int i = random.nextInt(3); i > 0; i--) {
            content.addObject().put("type", "thinking").put("thinking", "So " + i).put("signature", "s" + i);
            content.addObject().put("type", "redacted_thinking").put("data", "d" + i);
        }
        int calls = random.nextInt(3);
        if (calls == 0 || random.nextBoolean()) {
            content.addObject().put("type", "text").put("text", "Schau: 🙂 \"é\"\n");
        }
        for (int i = 0; i < calls; i++) {
            ObjectNode call = content.addObject().put("type", "tool_use").put("id", "toolu_" + i).put("name", "f");
            call.set("input", json(utf8(GeneratedChat.object(random, 3))));
        }
        return content;
    }

    private interface Check {
        void of(GeneratedChat chat, JsonNode sent);
    }

    private void forEachChat(Check check) {
        forEachSeed(random -> {
            GeneratedChat chat = new GeneratedChat(random);
            check.of(chat, sent(chat.body()));
        });
    }

    private JsonNode sent(byte[] body) {
        ChatRequest request = valid(body);
        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
        return json(request.at(ENDPOINT, "key").body());
    }

    static void forEachSeed(Consumer<SplittableRandom> check) {
        for (long seed = 0; seed < ROUNDS; seed++) {
            try {
                check.accept(new SplittableRandom(seed));
            } catch (RuntimeException | AssertionError broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        }
    }

    private static void forEachBlock(JsonNode turns, Consumer<JsonNode> consumer) {
        turns.forEach(turn -> turn.path("content").forEach(consumer));
    }

    private static List<String> texts(JsonNode blocks) {
        return blocks.valueStream().map(block -> block.path("text").asText()).toList();
    }

    private static List<String> said(JsonNode turns, String type) {
        List<String> said = new ArrayList<>();
        for (JsonNode turn : turns) {
            for (JsonNode block : turn.path("content")) {
                if (block.path("type").asText().equals(type)) {
                    String what = type.equals("text") ? block.path("text").asText() : block.at("/source/url").asText();
                    said.add(turn.path("role").asText() + " " + what);
                }
            }
        }
        return said;
    }

    private static List<String> ids(JsonNode turn, String type, String field) {
        return turn.path("content")
                .valueStream()
                .filter(block -> block.path("type").asText().equals(type))
                .map(block -> block.path(field).asText())
                .toList();
    }
}
