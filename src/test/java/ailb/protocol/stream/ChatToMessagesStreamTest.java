package ailb.protocol.stream;

import static ailb.protocol.stream.StreamFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.WireFiles;
import ailb.protocol.wire.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams as in OpenAI's reference, told to Anthropic's clients. */
class ChatToMessagesStreamTest extends ReplyStreamContract {

    @Override
    ReplyStream stream() {
        return new ChatToMessagesStream(true, "chat", List.of(), WireFiles.NOW);
    }

    @Override
    List<String> files() {
        return OpenAiChatStreamTest.FILES;
    }

    @Override
    String expected(String file) {
        return StreamFiles.text(file.replace("openai.txt", "anthropic.txt"));
    }

    @Override
    Usage usage() {
        return new Usage(19, 10, 3, 4);
    }

    @Override
    long characters() {
        return 15;
    }

    @Override
    List<String> beforeContent() {
        return OpenAiChatStreamTest.BEFORE_CONTENT;
    }

    @Override
    String content() {
        return OpenAiChatStreamTest.CONTENT;
    }

    @Override
    String errorOf(String type) {
        return OpenAiChatStreamTest.errorEvent(type);
    }

    @Override
    void isError(StreamFiles.Told event, String message) {
        isAnthropicError(event, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\\\"a\\\":", "7", "[]", "{} {}", "x"})
    void argumentsThatAreNoObjectBreakIt(String arguments) {
        for (String call : List.of(call(0, "a", arguments), call(0, "a", "{}") + call(1, "b", arguments))) {
            StreamFiles.Read read = read(stream(), call + finish("tool_calls") + StreamEvents.DONE);

            assertThat(read.last()).isInstanceOf(ReplyStream.Broken.class);
            assertThat(read.text()).doesNotContain("message_stop");
        }
    }

    /** As Anthropic's own are when a call is cut off. */
    @Test
    void thoughtsThatNobodyAskedForAreNotTold() {
        ReplyStream stream = new ChatToMessagesStream(false, "chat", List.of(), WireFiles.NOW);

        ReplyStream.Step step = stream.feed(WireFiles.bytes("openai/streams/reasoning/openai.txt"));

        assertThat(WireFiles.text(step.events())).contains("text_delta").doesNotContain("thinking");
        assertThat(stream.characters()).isPositive();
    }

    @Test
    void argumentsOfACallThatWasCutOffAreToldAsFarAsTheyCame() {
        StreamFiles.Read read =
                read(stream(), call(0, "a", "{\\\"a\\\":") + finish("length") + StreamEvents.DONE);

        assertThat(read.last()).isInstanceOf(ReplyStream.Complete.class);
        assertThat(read.text()).contains("\"stop_reason\":\"max_tokens\"").contains("{\\\"a\\\":");
    }

    /** Some providers number every call 0. */
    @Test
    void callsAreToldApartByTheirIdsToo() {
        String told = read(stream(), call(0, "a", "{}") + call(0, "b", "{\\\"b\\\":1}") + StreamEvents.DONE).text();

        assertThat(told).contains("\"id\":\"a\"").contains("\"id\":\"b\"");
        assertThat(told.split("content_block_stop\n", -1)).hasSize(3);
    }

    /** The same whether streamed or whole, by {@code base64url}, so that a conversation can do both. */
    @Test
    void idsOfCallsFitAnthropic() {
        String told = read(
                stream(), call(0, "functions.f:0", "{") + call(0, "functions.f:0", "}") + call(1, "call_1-A", "{}")
                        + StreamEvents.DONE)
                .text();

        List<String> ids = StreamFiles.events(told)
                .stream()
                .map(event -> event.data().at("/content_block/id").asText(""))
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).containsExactly("toolu_as-ZnVuY3Rpb25zLmY6MA", "call_1-A");
    }

    @Test
    void aCallWithoutAnIdOrANameBreaksIt() {
        for (String call : List.of(call(0, "", "{}"), call(0, "a", "{}").replace("\"f\"", "\"\""))) {
            assertThat(read(stream(), call).last()).isInstanceOf(ReplyStream.Broken.class);
        }
    }

    /** One where the usage does not come is told as zeros, which Anthropic's clients count on. */
    @ParameterizedTest
    @CsvSource({"stop,end_turn", "length,max_tokens", "tool_calls,tool_use", "content_filter,refusal", "eos,end_turn"})
    void theReasonIsToldInAnthropicsWords(String finishReason, String stopReason) {
        String told = read(stream(), finish(finishReason)).text();

        assertThat(StreamFiles.events(told).get(1)).isEqualTo(StreamFiles.events("""
                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"%s","stop_sequence":null},"usage":\
                {"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}

                """.formatted(stopReason)).getFirst());
    }

    /** Azure starts with a chunk of another kind. */
    @Test
    void aChunkWithoutChoicesIsNoStart() {
        String told = read(stream(), """
                data: {"id":"","model":"","choices":[],"prompt_filter_results":[]}

                data: {"id":"c","model":"m","choices":[{"delta":{"content":"x"}}]}

                """).text();

        assertThat(StreamFiles.events(told).getFirst().data().at("/message/id").asText()).isEqualTo("msg_c");
    }

    @Test
    void reasoningHasTwoNames() {
        String told = read(stream(), "data: {\"choices\":[{\"delta\":{\"reasoning\":\"Hm\"}}]}\n\n").text();

        assertThat(StreamFiles.events(told).getLast().data().at("/delta/thinking").asText()).isEqualTo("Hm");
    }

    private static String call(int index, String id, String arguments) {
        return """
                data: {"choices":[{"delta":{"tool_calls":[{"index":%d,"id":"%s","type":"function",\
                "function":{"name":"f","arguments":"%s"}}]}}]}

                """.formatted(index, id, arguments);
    }

    private static String finish(String reason) {
        return "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}\n\n";
    }
}
