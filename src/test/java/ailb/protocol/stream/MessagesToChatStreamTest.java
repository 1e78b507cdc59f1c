package ailb.protocol.stream;

import static ailb.protocol.stream.StreamFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.WireFiles;
import ailb.protocol.openaitoanthropic.ChatThinking;
import ailb.protocol.wire.Usage;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams as in Anthropic's reference, told to OpenAI's clients. */
class MessagesToChatStreamTest extends ReplyStreamContract {

    @Override
    ReplyStream stream() {
        return stream(true);
    }

    private static ReplyStream stream(boolean showsUsage) {
        return new MessagesToChatStream(showsUsage, "chat", List.of(), WireFiles.NOW);
    }

    @Override
    List<String> files() {
        return MessagesStreamTest.FILES;
    }

    @Override
    String expected(String file) {
        return StreamFiles.text(file.replace("anthropic.txt", "openai.txt"));
    }

    @Override
    Usage usage() {
        return new Usage(135, 15, 100, 0);
    }

    @Override
    long characters() {
        return 12;
    }

    @Override
    List<String> beforeContent() {
        return MessagesStreamTest.BEFORE_CONTENT;
    }

    @Override
    String content() {
        return MessagesStreamTest.CONTENT;
    }

    @Override
    String errorOf(String type) {
        return MessagesStreamTest.errorEvent(type);
    }

    @Override
    void isError(StreamFiles.Told event, String message) {
        isOpenAiError(event, message);
    }

    @Test
    void usageIsKeptFromACallerWhoDidNotAskForIt() {
        ReplyStream stream = stream(false);
        String told = read(stream, StreamFiles.text(files().getFirst())).text();

        assertThat(told).doesNotContain("usage").endsWith("data: [DONE]\n\n");
        assertThat(stream.usage()).contains(usage());
    }

    /** What a client puts together and sends back is what Anthropic wants back. */
    @Test
    void thoughtsThatComeBackAreTakenAsTheyAre() {
        String told = read(stream(), StreamFiles.text("anthropic/streams/thinking/anthropic.txt")).text();
        JsonNode blocks = StreamFiles.events(told)
                .stream()
                .map(event -> event.data().at("/choices/0/delta/thinking_blocks"))
                .filter(JsonNode::isArray)
                .findFirst()
                .orElseThrow();

        assertThat(ChatThinking.fault(blocks)).isEmpty();
    }

    @Test
    void argumentsThatComeWithTheStartOfABlockAreTold() {
        String told = read(stream(), """
                data: {"type":"message_start","message":{"id":"m"}}

                data: {"type":"content_block_start","index":0,"content_block":\
                {"type":"tool_use","id":"t","name":"f","input":{"a":1.10}}}

                data: {"type":"content_block_stop","index":0}

                """).text();

        assertThat(StreamFiles.events(told)
                .getLast()
                .data()
                .at("/choices/0/delta/tool_calls/0/function/arguments")
                .asText()).isEqualTo("{\"a\":1.10}");
    }

    @Test
    void aMessageWithoutAModelHasTheOneAskedFor() {
        String told = read(stream(), """
                data: {"type":"message_start","message":{}}

                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}

                """).text();

        assertThat(StreamFiles.events(told).getFirst().data().path("model").asText()).isEqualTo("chat");
    }

    @Test
    void whatIsOutOfOrderBreaksIt() {
        String start = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n";
        for (String event : List.of(
                "data: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"text\":\"x\"}}\n\n",
                "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
                "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\"}}\n\n",
                "data: {\"type\":\"message_stop\"}\n\n",
                start)) {
            assertThat(read(stream(), start + event).last()).as(event).isInstanceOf(ReplyStream.Broken.class);
        }
    }
}
