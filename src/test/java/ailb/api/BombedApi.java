package ailb.api;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import ailb.protocol.Bombs;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.InMemoryStateStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A program that puts every bomb to the API, to an endpoint of each protocol. It ends at the first bad answer. */
final class BombedApi {

    static final String WELL = "all are answered";

    private static final String KEY = "0123456789012345678901234567890123456789";

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final Api api;

    private BombedApi(Provider provider) {
        // Both read the answer as a refusal of the caller's request, which is passed on.
        upstream.always("a", () -> ScriptedUpstream.error(400, "invalid_request_error", null));
        Pool pool = Endpoints.pool(Endpoints.endpoint("a", provider, 2, Endpoints.unlimited()));
        Dispatcher dispatcher = new Dispatcher(pool, new InMemoryStateStore(), upstream, new FixedKeys(), time,
                new Random(3), _ -> {});
        Batches batches = new Batches(new InMemoryBatchStore(), new InMemoryBatchQueue(time, new Random(3)), pool, time,
                new Random(3), Duration.ofDays(7));
        api = new Api(pool, dispatcher,
                new CallerKeys(new FixedClientKeys(Map.of("default", KEY)), FixedClientKeys.NONE), batches, time,
                new Random(3),
                AnswerLimits.NONE, () -> {});
    }

    public static void main(String[] args) {
        for (Provider provider : Provider.values()) {
            Bombs.forEach(228_000, bomb -> new BombedApi(provider).take(bomb));
            // As large as a request may be, and all of it small parts.
            for (String part : List.of("{},", "[],", "11,", "{\"a\":0},", "\"ab\",", "1.5,", "[[[[0]]]],")) {
                new BombedApi(provider).take(largest(part));
                new BombedApi(provider).take(largestArguments(part));
            }
        }
        System.out.println(WELL);
    }

    private static Bombs.Bomb largest(String part) {
        String start = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"metadata\":[";
        String body = start + part.repeat((Api.MAX_BODY - start.length() - 10) / part.length()) + "0]}";
        return new Bombs.Bomb("6 MB of " + part, RequestKind.CHAT_COMPLETIONS, body.getBytes(UTF_8));
    }

    /** The same within a string: its parts are not those of the body. */
    private static Bombs.Bomb largestArguments(String part) {
        String start =
                "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\","
                        + "\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":[";
        String end = "0]}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"\"}]}";
        String escaped = part.replace("\"", "\\\"");
        String body = start
                + escaped.repeat((Api.MAX_BODY - start.length() - end.length()) / escaped.length()) + end;
        return new Bombs.Bomb("6 MB of arguments of " + part, RequestKind.CHAT_COMPLETIONS, body.getBytes(UTF_8));
    }

    private void take(Bombs.Bomb bomb) {
        take(bomb, bomb.kind().path(), bomb.body());
        if (bomb.kind() == RequestKind.CHAT_COMPLETIONS) {
            take(bomb, "/v1/batches", line(bomb));
        }
    }

    /** The same as the one line of a batch. */
    private static byte[] line(Bombs.Bomb bomb) {
        byte[] start = ("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"" + bomb.kind().path() + "\",\"body\":")
                .getBytes(UTF_8);
        byte[] line = Arrays.copyOf(start, Math.min(Api.MAX_BODY, start.length + bomb.body().length + 1));
        System.arraycopy(bomb.body(), 0, line, start.length, line.length - start.length - 1);
        line[line.length - 1] = '}';
        return line;
    }

    private void take(Bombs.Bomb bomb, String path, byte[] body) {
        int status = status("POST", path, body);
        if (status != 200 && status != 202 && status != 400) {
            throw new AssertionError(status + " is the answer of " + path + " to " + bomb);
        }
        if (status("GET", "/v1/health", new byte[0]) != 200) {
            throw new AssertionError("not healthy after " + bomb);
        }
    }

    private int status(String method, String path, byte[] body) {
        Headers headers = new Headers(Map.of("authorization", "Bearer " + KEY));
        ApiRequest request = new ApiRequest(method, path, "", headers, body);
        return Sent.whole(api.handle(request, Deadline.in(Duration.ofSeconds(60), time))).status();
    }
}
