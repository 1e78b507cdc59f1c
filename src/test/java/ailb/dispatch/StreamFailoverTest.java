package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Provider;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.Attribute;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever asks whom: an endpoint that fails before its first event is left, and one that fails later is told of. */
class StreamFailoverTest extends DispatcherFixture {

    private static final String CHAT = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String CHAT_END = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
    private static final String MESSAGE = """
            data: {"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

            """;
    private static final String MESSAGE_END = """
            data: {"type":"content_block_stop","index":0}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

            data: {"type":"message_stop"}

            """;
    private static final String RESPONSE = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hello\"}\n\n";
    private static final String RESPONSE_END = "data: {\"type\":\"response.completed\",\"response\":{\"usage\":"
            + "{\"input_tokens\":7,\"output_tokens\":2}}}\n\n";

    private final ScriptedStreams streams = new ScriptedStreams(time);

    @ParameterizedTest
    @CsvSource({
        "CHAT_COMPLETIONS, OPENAI", "CHAT_COMPLETIONS, ANTHROPIC", "MESSAGES, OPENAI", "MESSAGES, ANTHROPIC",
        "RESPONSES, OPENAI",
    })
    void beforeItsFirstEventAnEndpointIsLeftForAnother(RequestKind kind, Provider provider) throws Exception {
        for (int request = 0; request < 10; request++) {
            streams.script("a", ": waiting\n\n", error(kind, provider));
            streams.script("b", begin(kind, provider), end(kind, provider));

            String told = told(kind, provider, "a", "b");

            assertThat(told).contains("Hello").doesNotContain("Sorry").doesNotContain("broke off");
            assertThat(told).endsWith(kind.protocol() == Provider.ANTHROPIC
                    ? "message_stop\"}\n\n"
                    : kind == RequestKind.RESPONSES ? RESPONSE_END : "data: [DONE]\n\n");
        }
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isPositive();
        assertThat(store.state("b").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT_COMPLETIONS, OPENAI", "CHAT_COMPLETIONS, ANTHROPIC", "MESSAGES, OPENAI", "MESSAGES, ANTHROPIC",
        "RESPONSES, OPENAI",
    })
    void afterItTheCallerIsToldAndWhatCameIsCounted(RequestKind kind, Provider provider) throws Exception {
        streams.script("a", begin(kind, provider), error(kind, provider));

        String told = told(kind, provider, "a");

        assertThat(told).contains("Hello", "The answer broke off").doesNotContain("Sorry");
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
        // 5 characters.
        assertThat(store.state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(store.state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isPositive();
    }

    /** No endpoint is at fault, and the caller needs to know what is. */
    @ParameterizedTest
    @CsvSource({
        "CHAT_COMPLETIONS, OPENAI", "CHAT_COMPLETIONS, ANTHROPIC", "MESSAGES, OPENAI", "MESSAGES, ANTHROPIC",
        "RESPONSES, OPENAI",
    })
    void aRefusalOfTheRequestIsToldInTheProvidersWordsAndIsNoFault(RequestKind kind, Provider provider)
            throws Exception {
        streams.script("a", begin(kind, provider),
                error(kind, provider).replace("api_error", "invalid_request_error"));

        String told = told(kind, provider, "a");

        assertThat(told).contains("Hello", "\"Sorry\"", "error").doesNotContain("broke off").endsWith("}\n\n");
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(store.state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
    }

    /** As OpenAI does it: the response begins, and the prompt is weighed after that. */
    @Test
    void aPromptThatIsTooLongForAResponseThatHasBegunIsToldAsItCameAndCountsForNothing() throws Exception {
        String begun = "data: {\"type\":\"response.created\",\"response\":{\"usage\":null}}\n\n"
                + "data: {\"type\":\"response.in_progress\",\"response\":{\"usage\":null}}\n\n";
        String refused = "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":"
                + "\"context_length_exceeded\",\"message\":\"Your input exceeds the context window\"},\"usage\":null}}\n\n";
        streams.script("a", begun, refused);

        assertThat(told(RequestKind.RESPONSES, Provider.OPENAI, "a")).isEqualTo(begun + refused);
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(store.state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isZero();
        assertThat(store.state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isZero();
    }

    private static String begin(RequestKind kind, Provider provider) {
        return kind == RequestKind.RESPONSES ? RESPONSE : provider == Provider.OPENAI ? CHAT : MESSAGE;
    }

    private static String end(RequestKind kind, Provider provider) {
        return kind == RequestKind.RESPONSES ? RESPONSE_END : provider == Provider.OPENAI ? CHAT_END : MESSAGE_END;
    }

    private static String error(RequestKind kind, Provider provider) {
        String error = "\"error\":{\"type\":\"api_error\",\"message\":\"Sorry\"}}\n\n";
        return kind == RequestKind.RESPONSES
                ? "data: {\"type\":\"response.failed\",\"response\":{" + error.replace("}}\n", "}}}\n")
                : "data: {" + (provider == Provider.OPENAI ? "" : "\"type\":\"error\",") + error;
    }

    private String told(RequestKind kind, Provider provider, String... endpoints) throws InterruptedException {
        RecordedCaller caller = new RecordedCaller();
        Endpoint[] pool = Arrays.stream(endpoints)
                .map(name -> Endpoints.serving(Endpoints.endpoint(name, provider, 1, Endpoints.unlimited()),
                        kind.operation()))
                .toArray(Endpoint[]::new);
        dispatcher(pool(pool), streams).dispatch(request(kind), deadline(28), caller);
        return caller.text();
    }

    private static ModelRequest request(RequestKind kind) {
        String body = "{\"model\":\"chat\",\"stream\":true," + (kind == RequestKind.RESPONSES
                ? "\"input\":\"Hi\"}"
                : "\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        return switch (ModelRequest.parse(kind, Headers.NONE, body.getBytes(UTF_8))) {
            case Parsed.Valid(ModelRequest request) -> request;
            case Parsed.Invalid invalid -> throw new AssertionError(invalid.error().toString());
        };
    }
}
