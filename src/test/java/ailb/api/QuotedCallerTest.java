package ailb.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.InMemoryStateStore;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller writes, and wherever: an error repeats little of it, as text, and the log nothing. */
class QuotedCallerTest {

    private static final String KEY = "0123456789012345678901234567890123456789";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A letter that is in no message of the balancer's. */
    private static final String MARK = "ж";

    private static final int MOST = 200;

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final List<String> told = new ArrayList<>();
    private int errors;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "\u0000", "\u001b[31m", "\r\n", "\ud83d", "\ude00", "\ud83d\ude00", "\u2028", "\u202e", "\"", "\\",
                "'", "%0a",
                "\u007f", "\u0085", "\ufeff"
            })
    void whateverItIsAnErrorRepeatsLittleOfItAndTheLogNothing(String unit) throws IOException {
        String text = (unit + MARK).repeat(10_000 / (unit.length() + 1));
        Handler log = new Told();
        Logger.getLogger("").addHandler(log);
        try {
            for (Provider provider : Provider.values()) {
                Api api = api(provider);
                ask(api, text, "/v1/pool", "", Map.of(), "");
                ask(api, "GET", "/v1/" + text, "", Map.of(), "");
                ask(api, "GET", "/v1/models/" + text, "", Map.of(), "");
                ask(api, "DELETE", "/v1/models/" + text, "", Map.of(), "");
                ask(api, "GET", "/v1/batches/" + text, "", Map.of(), "");
                ask(api, "GET", "/v1/batches", "limit=" + text, Map.of(), "");
                ask(api, "GET", "/v1/batches", "after=" + text, Map.of(), "");
                ask(api, "GET", "/v1/pool", "", Map.of("authorization", "Bearer " + text), "");
                ask(api, "GET", "/v1/pool", "", Map.of("authorization", "", "x-api-key", text), "");
                for (RequestKind kind : RequestKind.values()) {
                    ask(api, "POST", kind.path(), "", Map.of("content-encoding", text), body("x", text));
                    ask(api, "POST", kind.path(), "", Map.of("anthropic-beta", text), body("x", text));
                    ask(api, "POST", kind.path(), "", Map.of(), text);
                    for (String body : bodies(text)) {
                        ask(api, "POST", kind.path(), "", Map.of(), body);
                    }
                }
            }
        } finally {
            Logger.getLogger("").removeHandler(log);
        }

        assertThat(errors).isGreaterThan(100);
        assertThat(told).noneMatch(line -> line.contains(MARK));
    }

    private static List<String> bodies(String text) {
        String name = text.substring(0, Math.min(text.length(), 900));
        List<String> bodies = new ArrayList<>();
        for (String start : List.of(text, name)) {
            for (String field : List.of("model", "messages", "input", "stream", "max_tokens", "n", "stop",
                    "tool_choice",
                    "response_format", "reasoning_effort", "thinking", "metadata", "service_tier", "user")) {
                bodies.add(body(field, start));
            }
            bodies.add(body(start, start));
            bodies.add(body("x", start).replace("\"x\"", "\"messages\":[],\"messages\""));
        }
        String quoted = MAPPER.getNodeFactory().textNode(name).toString();
        String nested = ("{" + quoted + ":").repeat(20) + "{" + quoted + ":1," + quoted + ":1}" + "}".repeat(20);
        bodies.add(body("x", "y").replace("\"y\"", nested));
        for (String part : List.of(
                "{'role':Q,'content':'a'}", "{'role':'user','content':[{'type':Q}]}",
                "{'role':'user',Q:1,'content':'a'}",
                "{'role':'user','content':[{'type':'text','text':'a',Q:{}}]}",
                "{'role':'assistant','content':'a','tool_calls':[{'id':Q,'type':Q,'function':{'name':Q,'arguments':Q}}]}",
                "{'role':'assistant','content':[{'type':'tool_use','id':Q,'name':Q,'input':{},Q:1}]}",
                "{'role':'tool','tool_call_id':Q,'content':'a'}")) {
            bodies.add(body("x", "y").replace("{\"role\":\"user\",\"content\":\"Hi\"}",
                    "{\"role\":\"user\",\"content\":\"Hi\"}," + part.replace('\'', '"').replace("Q", quoted)));
        }
        String schema =
                "{\"type\":\"object\",\"properties\":{" + quoted + ":{\"type\":\"object\",\"properties\":{" + quoted
                        + ":{\"minimum\":1}}}}}";
        bodies.add(body("x", "y").replace("\"x\":\"y\"",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":true,\"parameters\":"
                        + schema + "}}]"));
        return bodies;
    }

    private static String body(String field, String value) {
        ObjectNode body = MAPPER.createObjectNode().put("model", "chat").put("max_tokens", 9).put("input", "Hi");
        body.putArray("messages").addObject().put("role", "user").put("content", "Hi");
        return body.put(field, value).toString();
    }

    private void ask(Api api, String method, String path, String query, Map<String, String> more, String body)
            throws IOException {
        Map<String, String> headers = new HashMap<>(Map.of("authorization", "Bearer " + KEY));
        headers.putAll(more);
        ApiResponse response = Sent.whole(api.handle(
                new ApiRequest(method, path, query, new Headers(headers), body.getBytes(UTF_8)),
                Deadline.in(Duration.ofSeconds(28), time)));
        assertThat(response.headers().values()).noneMatch(header -> header.contains(MARK));
        if (response.status() < 400) {
            return;
        }
        errors++;
        JsonNode answer = MAPPER.readTree(response.body());
        assertTold(answer.path("error").path("message"));
        assertTold(answer.path("error").path("param"));
    }

    private static void assertTold(JsonNode words) {
        String told = words.asText("");
        assertThat(told.length() - told.replace(MARK, "").length()).as(told).isLessThanOrEqualTo(MOST);
        assertThat(told).as(told).hasSizeLessThan(600).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");
    }

    private Api api(Provider provider) {
        upstream.always("a", () -> ScriptedUpstream.error(400, "invalid_request_error", null));
        Pool pool = Endpoints.pool(Endpoints.endpoint("a", provider, 1, Endpoints.unlimited()));
        Dispatcher dispatcher = new Dispatcher(pool, new InMemoryStateStore(), upstream, new FixedKeys(), time,
                new Random(3), event -> told.add(event.toString()));
        Batches batches = new Batches(new InMemoryBatchStore(), new InMemoryBatchQueue(time, new Random(3)), pool, time,
                new Random(3), Duration.ofDays(7));
        return new Api(pool, dispatcher,
                new CallerKeys(new FixedClientKeys(Map.of("default", KEY)), FixedClientKeys.NONE), batches, time,
                new Random(3),
                AnswerLimits.NONE, () -> {});
    }

    private final class Told extends Handler {

        @Override
        public void publish(LogRecord message) {
            told.add(message.getMessage() + message.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
