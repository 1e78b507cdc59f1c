package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.ScriptedStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that repeats the key it was called with tells nobody: no caller, no log, no result. */
class QuotedKeyTest extends DispatcherFixture {

    /** Nothing that looks like a key, and a quote and a slash that JSON may escape. */
    private static final String KEY = "our own/key \"no 1\"";

    private static final List<String> FORMS =
            List.of(KEY, KEY.replace("\"", "\\\""), KEY.replace("\"", "\\\"").replace("/", "\\/"));

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error", "401, authentication_error", "404, not_found_error", "422, invalid_request_error",
        "429, rate_limit_error", "500, server_error", "200, server_error",
    })
    void inAnErrorOfAnyStatusItIsRedacted(int status, String type) throws InterruptedException {
        for (String form : FORMS.subList(1, 3)) {
            String body = "{\"error\":{\"message\":\"Bearer " + form + " is wrong: " + form + "\",\"type\":\"" + type
                    + "\",\"param\":null,\"code\":null}}";
            upstream.always("a", () -> new Upstream.Reply(status, Headers.NONE, body.getBytes(UTF_8)));

            for (Provider provider : Provider.values()) {
                for (RequestKind kind : List.of(RequestKind.CHAT_COMPLETIONS, RequestKind.MESSAGES)) {
                    assertSecret(said(dispatch(kind, provider, false)) + events);
                }
            }
        }
        assertThat(events).isNotEmpty();
    }

    @Test
    void inAPageThatIsNoJsonItIsRedacted() throws InterruptedException {
        upstream.always("a", () -> new Upstream.Reply(
                400, Headers.NONE, ("The key " + KEY + " is not known").getBytes(UTF_8)));

        assertSecret(said(dispatch(RequestKind.CHAT_COMPLETIONS, Provider.OPENAI, false)) + events);
    }

    @Test
    void inAnAnswerItIsRedactedAndAllElseStays() throws InterruptedException {
        String body = "{ \"choices\": [{\"message\":{\"content\":\"it is %s, ok\"}}] }";
        upstream.always("a", () -> new Upstream.Reply(
                200, Headers.NONE, body.formatted(FORMS.get(1)).getBytes(UTF_8)));

        assertThat(said(dispatch(RequestKind.CHAT_COMPLETIONS, Provider.OPENAI, false)))
                .isEqualTo(body.formatted("[redacted]"));
    }

    /** Agents recover by the provider's own wording. */
    @Test
    void anErrorThatDoesNotQuoteItPassesByteForByte() throws InterruptedException {
        String body = "{ \"error\" : {\"message\":\"our own/key \\\"no 2\\\"\",\"type\":\"invalid_request_error\"} }";
        upstream.always("a", () -> new Upstream.Reply(400, Headers.NONE, body.getBytes(UTF_8)));

        assertThat(said(dispatch(RequestKind.CHAT_COMPLETIONS, Provider.OPENAI, false))).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inAStreamsEventsAndErrorsItIsRedacted(boolean afterContent) throws InterruptedException {
        for (String form : FORMS.subList(1, 3)) {
            ScriptedStreams streams = new ScriptedStreams(time);
            String content = "data: {\"choices\":[{\"delta\":{\"content\":\"" + form + "\"}}]}\n\n";
            String error = "data: {\"error\":{\"message\":\"" + form + "\",\"type\":\"invalid_request_error\"}}\n\n";
            streams.script("a", (afterContent ? content : "") + error);
            RecordedCaller caller = new RecordedCaller();

            DispatchResult result = dispatcher(streams, Provider.OPENAI)
                    .dispatch(request(RequestKind.CHAT_COMPLETIONS, true), deadline(300), caller);

            assertSecret(caller.text() + said(result) + events);
            assertThat(caller.text() + said(result)).contains("[redacted]");
        }
    }

    /** Wherever its bytes are cut, and with and without the end of its event. */
    @Test
    void inAStreamThatComesInPiecesItIsRedacted() {
        String event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"it is " + FORMS.get(1) + "\"}}]}";
        for (String text : List.of(event + "\n\ndata: [DONE]\n\n", event + "\n", event)) {
            String whole = read(text, text.length());
            for (int cut = 1; cut < text.length(); cut++) {
                assertThat(read(text, cut)).as("cut at %d", cut).isEqualTo(whole).doesNotContain("own");
            }
        }
        assertThat(read(event + "\n\n", 1)).contains("it is [redacted]");
    }

    private static String read(String text, int cut) {
        ReplyStream stream = new KeyRedaction(new ApiKeys.ApiKey(KEY))
                .of(request(RequestKind.CHAT_COMPLETIONS, true).events(Provider.OPENAI, Headers.NONE, Instant.EPOCH));
        byte[] bytes = text.getBytes(UTF_8);
        StringBuilder read = new StringBuilder();
        for (ReplyStream.Step step : List.of(
                stream.feed(Arrays.copyOf(bytes, cut)), stream.feed(Arrays.copyOfRange(bytes, cut, bytes.length)),
                stream.end())) {
            read.append(new String(step.events(), UTF_8));
            if (step instanceof ReplyStream.Broken(_, var failure)) {
                read.append(failure.detail());
            }
        }
        return read.toString();
    }

    /** It is no secret, and may be a word of the answer. */
    @Test
    void aVeryShortKeyIsNotLookedFor() {
        byte[] text = "a key is a key".getBytes(UTF_8);

        assertThat(new KeyRedaction(new ApiKeys.ApiKey("key")).of(text)).isSameAs(text);
    }

    private static void assertSecret(String text) {
        assertThat(FORMS).noneMatch(text::contains);
    }

    private static String said(DispatchResult result) {
        return switch (result) {
            case DispatchResult.Answered(_, _, byte[] body) -> new String(body, UTF_8);
            case DispatchResult.PassedOn(_, _, _, byte[] body) -> new String(body, UTF_8);
            case DispatchResult.Declined declined -> declined.error().toString();
            case DispatchResult.Streamed _,DispatchResult.HungUp _ -> "";
        };
    }

    private DispatchResult dispatch(RequestKind kind, Provider provider, boolean stream) throws InterruptedException {
        return dispatcher(upstream, provider).dispatch(request(kind, stream), deadline(300));
    }

    private Dispatcher dispatcher(Upstream to, Provider provider) {
        Endpoint endpoint = Endpoints.endpoint("a", provider, 1, Endpoints.unlimited());
        keys.known(endpoint.apiKey(), new ApiKeys.ApiKey(KEY)).fetched(endpoint.apiKey(), new ApiKeys.ApiKey(KEY));
        store = new ScriptedStore(); // whose breaker no other call has opened
        return dispatcher(pool(endpoint), to);
    }

    private static ModelRequest request(RequestKind kind, boolean stream) {
        String body = "{\"model\":\"chat\",\"stream\":" + stream
                + ",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return ((Parsed.Valid) ModelRequest.parse(kind, new Headers(Map.of()), body.getBytes(UTF_8))).request();
    }
}
