package ailb.protocol.stream;

import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.stream.StreamFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.protocol.WireFiles;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams as in OpenAI's reference of the Responses API. */
class ResponsesStreamTest extends ReplyStreamContract {

    /** Its last event repeats the whole answer. */
    @Override
    int longestEvent() {
        return 16 << 20;
    }

    /** Its first events repeat the whole request. */
    @Override
    int mostBeforeContent() {
        return 16 << 20;
    }

    /** In base64, as an image comes. */
    @Test
    void anEventOfTenMegabytesIsOne() {
        String image = "{\"type\":\"response.image_generation_call.partial_image\",\"partial_image_b64\":\""
                + "A".repeat(10 << 20) + "\"}";

        assertThat(stream().feed(utf8("data: " + image + "\n\n"))).isInstanceOf(ReplyStream.More.class);
    }

    private static final List<String> BEFORE_CONTENT = List.of(
            "data: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\"}}\n\n",
            "data: {\"type\":\"response.in_progress\",\"sequence_number\":1,\"response\":{\"id\":\"r\"}}\n\n",
            "data: {\"type\":\"response.output_item.added\",\"sequence_number\":2,\"item\":{\"type\":\"reasoning\","
                    + "\"summary\":[]}}\n\n",
            "data: {\"type\":\"response.output_text.delta\",\"sequence_number\":3,\"delta\":\"\"}\n\n");

    private static final String CONTENT =
            "data: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"delta\":\"Hi\"}\n\n";

    @Override
    ReplyStream stream() {
        return new ResponsesStream(List.of());
    }

    @Override
    List<String> files() {
        return List.of("openai/streams/response/openai.txt");
    }

    @Override
    String expected(String file) {
        return StreamFiles.text(file);
    }

    @Override
    Usage usage() {
        return new Usage(37, 11, 5, 2);
    }

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
        return "event: error\ndata: {\"type\":\"error\",\"code\":\"" + type
                + "\",\"message\":\"Sorry\",\"param\":null,\"sequence_number\":1}\n\n";
    }

    /** Numbered on, as all events of this API are. */
    @Override
    void isError(StreamFiles.Told event, String message) {
        assertThat(event.name()).isEqualTo("error");
        assertThat(event.data().path("type").asText()).isEqualTo("error");
        assertThat(event.data().path("code").asText()).isEqualTo("bad_gateway");
        assertThat(event.data().path("message").asText()).isEqualTo(message);
        assertThat(event.data().path("param").isNull()).isTrue();
        assertThat(event.data().path("sequence_number").asInt()).isEqualTo(1);
    }

    @Test
    void everyBytePasses() {
        String file = files().getFirst();

        assertThat(read(stream(), StreamFiles.text(file)).text()).isEqualTo(StreamFiles.text(file));
    }

    @Test
    void aResponseThatFailsIsAFailureAndItsUsageIsKnown() {
        ReplyStream stream = stream();
        StreamFiles.Read read = read(stream, """
                event: response.failed
                data: {"type":"response.failed","sequence_number":1,"response":{"id":"r","status":"failed","error":\
                {"code":"server_error","message":"The model failed."},"usage":{"input_tokens":3,"output_tokens":4}}}

                """);

        assertThat(read.text()).isEmpty();
        assertThat(read.failure().failure()).isEqualTo(FailureClass.SERVER);
        assertThat(stream.usage()).contains(new Usage(3, 4, 0, 0));
    }

    /** Codes of OpenAI's, which come without a type. */
    @ParameterizedTest
    @CsvSource({
        "context_length_exceeded, CALLER_FAULT", "invalid_prompt, CALLER_FAULT", "content_filter, CALLER_FAULT",
        "content_policy_violation, CALLER_FAULT", "cyber_policy, CALLER_FAULT", "image_parse_error, CALLER_FAULT",
        "image_content_policy_violation, CALLER_FAULT", "unsupported_image_media_type, CALLER_FAULT",
        "failed_to_download_image, CALLER_FAULT", "previous_response_not_found, CALLER_FAULT",
        "rate_limit_exceeded, RATE_LIMITED", "insufficient_quota, QUOTA", "invalid_api_key, CREDENTIAL",
        "server_error, SERVER", "vector_store_timeout, SERVER",
    })
    void theCodeOfAResponseThatFailsSaysWhoseFaultItIs(String code, FailureClass expected) {
        ProviderReply.Failure failure = read(stream(), failed(code)).failure();

        assertThat(failure.failure()).isEqualTo(expected);
        assertThat(failure.status()).isEqualTo(expected == FailureClass.CALLER_FAULT ? 400 : 200);
    }

    @Test
    void whatOneAccountHasNotStoredAnotherMayHave() {
        assertThat(read(stream(), failed("invalid_encrypted_content")).failure().retryable()).isTrue();
        assertThat(read(stream(), failed("invalid_prompt")).failure().retryable()).isFalse();
    }

    /** Codex looks for the code in it. */
    @Test
    void theEventThatRefusesTheRequestIsTheCallersToSee() {
        ReplyStream stream = stream();
        String begun = "data: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\"}}\n\n";
        StreamFiles.Read read = read(stream, begun + failed("context_length_exceeded"));

        assertThat(read.text()).isEqualTo(begun);
        assertThat(stream.refusal()).hasValueSatisfying(
                event -> assertThat(WireFiles.text(event)).isEqualTo(failed("context_length_exceeded")));
    }

    @Test
    void theEventInWhichAnEndpointFailsIsNotTheCallersToSee() {
        ReplyStream stream = stream();
        read(stream, failed("server_error"));

        assertThat(stream.refusal()).isEmpty();
    }

    private static String failed(String code) {
        return "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":2,\"response\":{\"id\":\"r\","
                + "\"status\":\"failed\",\"error\":{\"code\":\"" + code
                + "\",\"message\":\"Sorry\"},\"usage\":null}}\n\n";
    }

    @Test
    void aResponseThatIsIncompleteIsComplete() {
        String text = """
                event: response.incomplete
                data: {"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}}

                """;

        assertThat(read(stream(), text).last()).isInstanceOf(ReplyStream.Complete.class);
        assertThat(read(stream(), text).text()).isEqualTo(text);
    }
}
