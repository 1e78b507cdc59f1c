package ailb.protocol.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.WireFiles;
import ailb.protocol.wire.Usage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams as in OpenAI's reference of chat completions. */
class OpenAiChatStreamTest extends ReplyStreamContract {

    static final List<String> BEFORE_CONTENT = List.of(
            "data: {\"id\":\"\",\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null,"
                    + "\"tool_calls\":[]},\"finish_reason\":null}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":null},\"content_filter_results\":{}}]}\n\n");

    static final String CONTENT =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";

    static final List<String> FILES = Stream.of(
            "text", "parallel-tool-calls", "interleaved-tool-calls", "refusal", "reasoning")
            .map(name -> "openai/streams/" + name + "/openai.txt")
            .toList();

    private static final String ROLE = """
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant",\
            "content":""},"finish_reason":null}],"usage":null}

            """;
    private static final String HELLO = """
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hallo, wörld 😀"},\
            "finish_reason":null}],"usage":null}

            """;
    private static final String STOP = """
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            """;
    private static final String USAGE = """
            data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":9,\
            "completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":3}}}

            """;
    private static final String DONE = "data: [DONE]\n\n";
    private static final String WHOLE = ROLE + HELLO + STOP + USAGE + DONE;

    @Test
    void usageIsKeptFromACallerWhoDidNotAskForIt() {
        ReplyStream stream = stream(false);

        assertThat(read(stream, WHOLE, 1 << 16)).isEqualTo(ROLE + HELLO + STOP + DONE);
        assertThat(stream.usage()).contains(new Usage(9, 12, 3, 0));
        // "Hallo, wörld " and an emoji of two UTF-16 units.
        assertThat(stream.characters()).isEqualTo(15);
    }

    @Test
    void allPassesThroughToACallerWhoAskedForTheUsage() {
        assertThat(read(stream(true), WHOLE, 1 << 16)).isEqualTo(WHOLE);
    }

    @Test
    void commentsAndCarriageReturnsPassThrough() {
        String odd = ": keep-alive\r\n\r\n" + (ROLE + HELLO + STOP + DONE).replace("\n", "\r\n");

        assertThat(read(stream(true), odd, 7)).isEqualTo(odd);
    }

    @Test
    void oneWithoutItsLastEventIsEndedWhenItsChoicesHave() {
        ReplyStream stream = stream(false);
        stream.feed((ROLE + HELLO + STOP).getBytes(UTF_8));

        assertThat(stream.end()).isInstanceOfSatisfying(
                ReplyStream.Complete.class,
                complete -> assertThat(complete.events()).asString(UTF_8).isEqualTo(DONE));
    }

    /** OpenRouter's errors, before the answer and in the middle of it. */
    @ParameterizedTest
    @CsvSource({
        "400, CALLER_FAULT", "402, QUOTA", "403, CREDENTIAL", "429, RATE_LIMITED", "500, SERVER", "503, OVERLOADED",
        "200, SERVER",
    })
    void aCodeThatIsAStatusCountsAsThat(int code, FailureClass expected) {
        String error = "data: {\"id\":\"gen\",\"object\":\"chat.completion.chunk\",\"error\":{\"code\":" + code
                + ",\"message\":\"Provider returned error\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},"
                + "\"finish_reason\":\"error\"}]}\n\n";
        for (String before : new String[]{"", ROLE + HELLO}) {
            StreamFiles.Read read = StreamFiles.read(stream(false), before + error);

            assertThat(read.text()).isEqualTo(before);
            assertThat(read.failure().failure()).isEqualTo(expected);
        }
    }

    /** The blank line after the last event is missing, or its end. */
    @Test
    void oneThatIsCutOffAfterItsChoicesIsComplete() {
        for (String rest : new String[]{"data: [DONE]\n", "data: [DO", "data: {\"choices\":["}) {
            ReplyStream stream = stream(false);
            stream.feed((ROLE + HELLO + STOP + rest).getBytes(UTF_8));

            assertThat(stream.end()).isInstanceOfSatisfying(
                    ReplyStream.Complete.class,
                    complete -> assertThat(complete.events()).asString(UTF_8).isEqualTo(DONE));
        }
    }

    @Test
    void oneThatBreaksOffIsAFaultOfTheEndpoint() {
        ReplyStream stream = stream(false);
        stream.feed((ROLE + HELLO).getBytes(UTF_8));

        assertThat(stream.end()).isInstanceOfSatisfying(
                ReplyStream.Broken.class,
                broken -> assertThat(broken.failure().failure()).isEqualTo(FailureClass.TRANSPORT));
    }

    @Test
    void theProviderIsAskedForTheUsageWhateverTheCallerWantsToSee() {
        assertThat(sent("{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
                .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"model\":\"gpt\",\"stream\":true,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        String own = "{\"model\":\"%s\",\"stream_options\":%s,\"stream\":true,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"}]}";
        for (String wish : new String[]{"null", "{}", "{\"include_usage\":false}"}) {
            assertThat(sent(own.formatted("chat", wish))).isEqualTo(own.formatted("gpt", "{\"include_usage\":true}"));
        }
        String all = "{\"include_obfuscation\":false,\"include_usage\":true}";
        assertThat(sent(own.formatted("chat", all))).isEqualTo(own.formatted("gpt", all));
        assertThat(sent(own.formatted("chat", "{\"include_obfuscation\":false}"))).isEqualTo(own.formatted("gpt", all));
        assertThat(sent(own.formatted("chat", "[]"))).isEqualTo(own.formatted("gpt", "[]"));
        String whole = "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        assertThat(sent(whole.formatted("chat"))).isEqualTo(whole.formatted("gpt"));
    }

    /** Mistral tells it unasked, and answers 422 to who asks. */
    @Test
    void mistralIsNotAskedForTheUsage() {
        Endpoint mistral = WireFiles.endpoint(Provider.OPENAI, "https://api.mistral.ai/v1", "chat");
        String body = "{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

        assertThat(WireFiles.valid(body).at(mistral, "key").body()).asString(UTF_8).isEqualTo(body);
        String asking = body.replace("\"stream\"", "\"stream_options\":{\"include_usage\":true},\"stream\"");
        assertThat(WireFiles.valid(asking).at(mistral, "key").body()).asString(UTF_8).isEqualTo(body);
    }

    static String errorEvent(String type) {
        return "data: {\"error\":{\"message\":\"Sorry\",\"type\":\"" + type + "\",\"param\":null,\"code\":null}}\n\n";
    }

    @Override
    ReplyStream stream() {
        return stream(true);
    }

    @Override
    List<String> files() {
        return FILES;
    }

    @Override
    String expected(String file) {
        return StreamFiles.text(file);
    }

    @Override
    Usage usage() {
        return new Usage(19, 10, 3, 4);
    }

    /** "Hello, wörld " and an emoji of two UTF-16 units. */
    @Override
    long characters() {
        return 15;
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
        isOpenAiError(event, message);
    }

    private static String sent(String body) {
        Endpoint endpoint = Endpoints.openAi("a", Endpoints.unlimited());
        String sent = new String(valid(body).at(endpoint, "key").body(), UTF_8);
        return sent.replace("\"" + endpoint.modelId() + "\"", "\"gpt\"");
    }

    private static ModelRequest valid(String body) {
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(UTF_8))).request();
    }

    private static ReplyStream stream(boolean showsUsage) {
        return new OpenAiChatStream(showsUsage, List.of());
    }

    /** What a caller gets of a whole stream that comes in pieces of this size. */
    private static String read(ReplyStream stream, String whole, int size) {
        byte[] bytes = whole.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReplyStream.Step step = new ReplyStream.More(new byte[0]);
        for (int from = 0; from < bytes.length; from += size) {
            step = stream.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
            out.writeBytes(step.events());
        }
        assertThat(step).isInstanceOf(ReplyStream.Complete.class);
        return out.toString(UTF_8);
    }
}
