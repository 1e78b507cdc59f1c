package ailb.protocol.stream;

import static ailb.protocol.stream.StreamFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.wire.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams as in Anthropic's reference, for its own clients. */
class MessagesStreamTest extends ReplyStreamContract {

    static final List<String> BEFORE_CONTENT = List.of(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"m\","
                    + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                    + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
            "event: ping\ndata: {\"type\":\"ping\"}\n\n");

    static final String CONTENT = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n";

    static final List<String> FILES = List.of(
            "anthropic/streams/text/anthropic.txt", "anthropic/streams/tool-use/anthropic.txt",
            "anthropic/streams/thinking/anthropic.txt");

    static String errorEvent(String type) {
        return "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"" + type
                + "\",\"message\":\"Sorry\"},\"request_id\":\"req_1\"}\n\n";
    }

    @Override
    ReplyStream stream() {
        return new MessagesStream(List.of());
    }

    @Override
    List<String> files() {
        return FILES;
    }

    @Override
    String expected(String file) {
        return StreamFiles.text(file);
    }

    /** 25 + 100 + 10 in, of which 100 cached. */
    @Override
    Usage usage() {
        return new Usage(135, 15, 100, 0);
    }

    /** "Grüß dich " and an emoji of two UTF-16 units. */
    @Override
    long characters() {
        return 12;
    }

    @Override
    List<String> beforeContent() {
        return BEFORE_CONTENT;
    }

    @Override
    String content() {
        return CONTENT;
    }

    @Override
    String errorOf(String type) {
        return errorEvent(type);
    }

    @Override
    void isError(StreamFiles.Told event, String message) {
        isAnthropicError(event, message);
    }

    @Test
    void everyBytePasses() {
        for (String file : FILES) {
            assertThat(read(stream(), StreamFiles.text(file)).text()).isEqualTo(StreamFiles.text(file));
        }
    }

    /** The start says 1, which stands for none; 30 characters have come. */
    @Test
    void untilTheEndTheOutputIsEstimated() {
        ReplyStream stream = stream();
        read(stream, """
                data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}

                """.formatted("x".repeat(30)));

        assertThat(stream.usage()).contains(new Usage(25, 8, 0, 0));
    }

    @Test
    void anEventBeforeTheStartBreaksIt() {
        String event = "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n";

        assertThat(read(stream(), event).failure().detail()).contains("before message_start");
    }
}
