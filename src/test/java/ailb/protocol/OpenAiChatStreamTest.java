package ailb.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams as in OpenAI's reference of chat completions. */
class OpenAiChatStreamTest {

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
    void itMayBeCutAnywhere() {
        for (int size = 1; size < WHOLE.getBytes(UTF_8).length; size++) {
            assertThat(read(stream(true), WHOLE, size)).as("pieces of %d bytes", size).isEqualTo(WHOLE);
        }
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

    @Test
    void oneThatBreaksOffIsAFaultOfTheEndpoint() {
        ReplyStream stream = stream(false);
        stream.feed((ROLE + HELLO).getBytes(UTF_8));

        assertThat(stream.end()).isInstanceOfSatisfying(
                ReplyStream.Broken.class,
                broken -> assertThat(broken.failure().failure()).isEqualTo(FailureClass.TRANSPORT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: {\n\n", "data: 7\n\n", "data: {\"object\":\"x\"}\n\n", "data: <html>\n\n"})
    void whatIsNoChunkBreaksItAndWhatCameBeforeIsHandedOn(String garbage) {
        assertThat(stream(false).feed((ROLE + garbage).getBytes(UTF_8))).isInstanceOfSatisfying(
                ReplyStream.Broken.class, broken -> {
                    assertThat(broken.events()).asString(UTF_8).isEqualTo(ROLE);
                    assertThat(broken.failure().failure()).isEqualTo(FailureClass.TRANSPORT);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "server_error, SERVER", "overloaded_error, OVERLOADED", "rate_limit_exceeded, RATE_LIMITED",
        "insufficient_quota, QUOTA",
    })
    void anErrorAmongTheEventsSaysWhatItIs(String code, FailureClass failure) {
        String error = "data: {\"error\":{\"message\":\"x\",\"type\":\"" + code + "\",\"code\":\"" + code + "\"}}\n\n";

        assertThat(stream(false).feed(error.getBytes(UTF_8))).isInstanceOfSatisfying(
                ReplyStream.Broken.class,
                broken -> assertThat(broken.failure().failure()).isEqualTo(failure));
    }

    @Test
    void anEventWithoutAnEndIsNotCollectedForEver() {
        ReplyStream stream = stream(false);
        byte[] megabyte = "x".repeat(1 << 20).getBytes(UTF_8);
        Optional<ReplyStream.Step> broken = IntStream.range(0, 6)
                .mapToObj(_ -> stream.feed(megabyte))
                .filter(ReplyStream.Broken.class::isInstance)
                .findFirst();

        assertThat(broken).isPresent();
    }

    /** Never an exception, whatever the bytes and wherever they are cut. */
    @Test
    void randomChangesOnlyEverBreakIt() {
        Random random = new Random(7);
        for (int run = 0; run < 10_000; run++) {
            byte[] bytes = WHOLE.getBytes(UTF_8);
            for (int change = random.nextInt(5); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ReplyStream stream = stream(random.nextBoolean());
            int from = 0;
            boolean goesOn = true;
            while (goesOn && from < bytes.length) {
                int until = Math.min(bytes.length, from + 1 + random.nextInt(200));
                goesOn = stream.feed(Arrays.copyOfRange(bytes, from, until)) instanceof ReplyStream.More;
                from = until;
            }
            if (goesOn) {
                assertThat(stream.end()).as("run %d", run).isNotInstanceOf(ReplyStream.More.class);
            }
        }
    }

    @Test
    void theProviderIsAskedForTheUsageUnlessTheCallerSaysWhatItWants() {
        assertThat(sent("{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
                .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"model\":\"gpt\",\"stream\":true,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        String own = "{\"stream_options\":{},\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"}]}";
        assertThat(sent(own.formatted("chat"))).isEqualTo(own.formatted("gpt"));
        String whole = "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        assertThat(sent(whole.formatted("chat"))).isEqualTo(whole.formatted("gpt"));
    }

    @Test
    void endpointsOfAnotherProtocolDoNotStreamYet() {
        ModelRequest request = valid("{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"}]}");

        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).contains("stream");
        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
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
