package ailb.protocol;

import static ailb.protocol.ChatMeaningTest.forEachSeed;
import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.messages;
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
import org.junit.jupiter.api.Test;

/** Translation keeps the meaning of made-up messages, there and back. A failure names the seed that brings it back. */
class MessagesMeaningTest {

    private static final Endpoint OPENAI = WireFiles.endpoint(Provider.OPENAI, "https://provider.test/v1", "m");
    private static final Endpoint ANTHROPIC =
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude");

    @Test
    void chatSaysWhatTheMessagesSay() {
        forEachSeed(random -> {
            GeneratedMessages meant = new GeneratedMessages(random);

            ReadChat chat = new ReadChat(asChat(meant.body()));

            assertSame(chat, meant);
            assertThat(chat.thoughts).hasToString(meant.thoughts.toString());
        });
    }

    @Test
    void resultsFollowTheirCallsAndTheUserSpeaksLast() {
        forEachSeed(random -> {
            List<String> awaited = new ArrayList<>();
            String role = "";
            for (JsonNode message : asChat(new GeneratedMessages(random).body()).path("messages")) {
                assertThat(List.of(role, message.path("role").asText()))
                        .isNotEqualTo(List.of("assistant", "assistant"));
                role = message.path("role").asText();
                if (role.equals("tool")) {
                    assertThat(awaited.remove(message.path("tool_call_id").asText())).isTrue();
                } else {
                    assertThat(awaited).isEmpty();
                }
                message.path("tool_calls").forEach(call -> awaited.add(call.path("id").asText()));
            }
            assertThat(role).isEqualTo("user");
        });
    }

    @Test
    void messagesThatBecomeAChatAndMessagesAgainSayTheSame() {
        forEachSeed(random -> {
            GeneratedMessages meant = new GeneratedMessages(random);

            byte[] again = asMessages(utf8(asChat(meant.body()).toString()));

            assertSame(new ReadChat(asChat(again)), meant);
        });
    }

    @Test
    void chatThatBecomesMessagesAndAChatAgainSaysTheSame() {
        forEachSeed(random -> {
            GeneratedChat meant = new GeneratedChat(random);

            ReadChat chat = new ReadChat(asChat(asMessages(meant.body())));

            assertThat(text(chat.instructions)).isEqualTo(text(meant.instructions));
            assertThat(text(chat.usersTexts)).isEqualTo(text(said(meant, "user ")));
            assertThat(chat.assistantsText).hasToString(String.join("", said(meant, "assistant ")));
            assertThat(chat.images.stream().map(url -> "user " + url)).isEqualTo(meant.images);
            assertThat(chat.calls).isEqualTo(meant.calls);
            meant.results.replaceAll((_, texts) -> List.of(text(texts)));
            chat.results.forEach((id, text) -> assertThat(List.of(text)).isEqualTo(meant.results.remove(id)));
            assertThat(meant.results).isEmpty();
        });
    }

    /** An endpoint gets back what it said, its thoughts included. */
    @Test
    void answerThatIsSentBackIsWhatTheEndpointSaid() {
        forEachSeed(random -> {
            ObjectNode said = reply(random);
            ObjectNode completion = new ObjectMapper().createObjectNode();
            completion.putArray("choices").addObject().set("message", said);
            ObjectNode request = (ObjectNode) json("openai/requests/single-turn/anthropic.json");
            ArrayNode turns = (ArrayNode) request.path("messages");

            JsonNode content = json(answer(utf8(completion.toString()))).path("content");
            turns.addObject().put("role", "assistant").set("content", content);
            ArrayNode results = turns.addObject().put("role", "user").putArray("content");
            said.path("tool_calls")
                    .forEach(call -> results.addObject()
                            .put("type", "tool_result")
                            .put("tool_use_id", call.path("id").asText()));
            results.addObject().put("type", "text").put("text", "Go on.");

            JsonNode sent = asChat(utf8(request.toString())).at("/messages/1");
            assertThat(sent.path("content").asText("")).isEqualTo(said.path("content").asText(""));
            assertThat(sent.path("reasoning_content")).isEqualTo(said.path("reasoning_content"));
            assertThat(ReadChat.calls(sent)).isEqualTo(ReadChat.calls(said));
        });
    }

    static ObjectNode reply(SplittableRandom random) {
        ObjectNode said = new ObjectMapper().createObjectNode().put("role", "assistant");
        int calls = random.nextInt(3);
        said.put("content", calls > 0 && random.nextBoolean() ? null : "Schau: 🙂 \"é\"\n");
        if (random.nextBoolean()) {
            said.put("reasoning_content", "So " + calls);
        }
        for (int i = 0; i < calls; i++) {
            said.withArrayProperty("tool_calls")
                    .addObject()
                    .put("id", "call_" + i)
                    .put("type", "function")
                    .putObject("function")
                    .put("name", "f")
                    .put("arguments", GeneratedChat.object(random, 3));
        }
        return said;
    }

    private static void assertSame(ReadChat chat, GeneratedMessages meant) {
        assertThat(text(chat.instructions)).isEqualTo(text(meant.instructions));
        assertThat(text(chat.usersTexts)).isEqualTo(text(meant.usersTexts));
        assertThat(chat.assistantsText).hasToString(meant.assistantsText.toString());
        assertThat(chat.images).isEqualTo(meant.images);
        assertThat(chat.calls).isEqualTo(meant.calls);
        assertThat(chat.results).isEqualTo(meant.results);
    }

    /** Blocks of text are paragraphs. */
    private static String text(List<String> blocks) {
        return String.join("\n\n", blocks);
    }

    private static List<String> said(GeneratedChat chat, String role) {
        return chat.said.stream()
                .filter(text -> text.startsWith(role))
                .map(text -> text.substring(role.length()))
                .toList();
    }

    private static byte[] answer(byte[] completion) {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/thinking/anthropic.json"));
        return ((ProviderReply.Answer) request.read(Provider.OPENAI, 200, Headers.NONE, completion, NOW)).body();
    }

    private static JsonNode asChat(byte[] body) {
        MessagesRequest request = messages(body);
        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
        return json(request.at(OPENAI, "key").body());
    }

    private static byte[] asMessages(byte[] body) {
        ChatRequest request = valid(body);
        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
        return request.at(ANTHROPIC, "key").body();
    }

    /** What a chat says, read by OpenAI's documentation. */
    private static final class ReadChat {

        final List<String> instructions = new ArrayList<>();
        final List<String> usersTexts = new ArrayList<>();
        final StringBuilder assistantsText = new StringBuilder();
        final StringBuilder thoughts = new StringBuilder();
        final List<String> images = new ArrayList<>();
        final List<List<Object>> calls = new ArrayList<>();
        final Map<String, String> results = new LinkedHashMap<>();

        ReadChat(JsonNode chat) {
            for (JsonNode message : chat.path("messages")) {
                List<String> texts = texts(message.path("content"));
                switch (message.path("role").asText()) {
                    case "system" -> instructions.addAll(texts);
                    case "user" -> usersTexts.addAll(texts);
                    case "tool" -> results.put(message.path("tool_call_id").asText(), String.join("", texts));
                    case "assistant" -> texts.forEach(assistantsText::append);
                    default -> throw new AssertionError(message.toString());
                }
                thoughts.append(message.path("reasoning_content").asText(""));
                calls.addAll(calls(message));
                message.path("content")
                        .valueStream()
                        .map(part -> part.at("/image_url/url").asText())
                        .filter(url -> !url.isEmpty())
                        .forEach(images::add);
            }
        }

        static List<List<Object>> calls(JsonNode message) {
            List<List<Object>> calls = new ArrayList<>();
            for (JsonNode call : message.path("tool_calls")) {
                calls.add(List.of(
                        call.path("id").asText(),
                        call.at("/function/name").asText(),
                        json(utf8(call.at("/function/arguments").asText()))));
            }
            return calls;
        }

        private static List<String> texts(JsonNode content) {
            return content.isArray()
                    ? content.valueStream()
                            .filter(part -> part.path("type").asText().equals("text"))
                            .map(part -> part.path("text").asText())
                            .toList()
                    : content.isTextual() ? List.of(content.textValue()) : List.of();
        }
    }
}
