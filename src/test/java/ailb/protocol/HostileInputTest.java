package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.hello;
import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.RequestKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, nothing is thrown. A failure names the seed that brings it back. */
class HostileInputTest {

    private static final int ROUNDS = Integer.getInteger("ailb.fuzz.inputs", 10_000);

    private static final List<byte[]> REQUESTS = List.of(
            WireFiles.bytes("anthropic/requests/all-parameters/openai.json"),
            WireFiles.bytes("anthropic/requests/merged-turns/openai.json"),
            WireFiles.bytes("anthropic/requests/blank-text/openai.json"),
            WireFiles.bytes("anthropic/requests/tools/openai.json"),
            WireFiles.bytes("anthropic/requests/tool-results/openai.json"),
            WireFiles.bytes("anthropic/requests/thinking/openai.json"),
            WireFiles.bytes("anthropic/requests/images/openai.json"),
            WireFiles.bytes("anthropic/requests/json-schema/openai.json"),
            utf8("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\\ude00 é 日本\"}]}"));

    private static final List<byte[]> MESSAGES = List.of(
            WireFiles.bytes("openai/requests/all-parameters/anthropic.json"),
            WireFiles.bytes("openai/requests/cache-marks/anthropic.json"),
            WireFiles.bytes("openai/requests/tools/anthropic.json"),
            WireFiles.bytes("openai/requests/tool-results/anthropic.json"),
            WireFiles.bytes("openai/requests/merged-turns/anthropic.json"),
            WireFiles.bytes("openai/requests/thinking/anthropic.json"),
            WireFiles.bytes("openai/requests/media/anthropic.json"),
            WireFiles.bytes("openai/requests/json-schema/anthropic.json"));

    private static final List<byte[]> REPLIES = List.of(
            WireFiles.bytes("openai/completion.json"),
            WireFiles.bytes("anthropic/replies/cached-and-cut-off/anthropic.json"),
            WireFiles.bytes("anthropic/replies/tool-calls/anthropic.json"),
            WireFiles.bytes("anthropic/replies/thinking/anthropic.json"),
            WireFiles.bytes("openai/replies/tool-calls/openai.json"),
            WireFiles.bytes("openai/replies/reasoning/openai.json"),
            WireFiles.bytes("openai/replies/refusal/openai.json"),
            utf8("{\"error\":{\"message\":\"no\",\"type\":\"tokens\",\"code\":429,\"details\":[{\"reason\":\"r\"}]}}"),
            utf8("[{\"error\":{\"code\":400,\"message\":\"API key not valid\",\"status\":\"INVALID_ARGUMENT\"}}]"));

    private static final List<String> SCRAPS = List.of(
            "null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "[]", "{}", "[[", "}", "\"", "\\u",
            "\\ud800",
            "\"model\":\"x\",", "\"messages\":[],", "\"content\":[{\"type\":\"text\"}]", "\"text\":0,",
            "\"tool_calls\":[{}],", "\"max_tokens\":7,", "\"type\":\"thinking\",", "\"signature\":\"\",",
            "\"role\":\"tool\",", "\"call_1\"", "\"data:;,\"", "\"data:image/png;base64,A\"", "{\"type\":\"x\"}",
            "\"{\\\"a\\\":[[\\\"\\\\ud800\\\"]]}\"",
            "\u0000", "é",
            ",", ":");

    private static final List<String> HEADER_SCRAPS = List.of(
            "1", "0", "-1", "NaN", "1e9", "ms", "s", "m", "h", "d", ".", "99999999999999999999", " ", "T", "Z", "GMT",
            "2026-11-02T10:00:00Z", "Mon, 02 Nov 2026 10:00:30 GMT", "-", ":", "٣", "true");

    private static final List<String> HEADER_NAMES = List.of(
            "retry-after",
            "retry-after-ms",
            "x-should-retry",
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "anthropic-ratelimit-tokens-limit",
            "anthropic-ratelimit-tokens-remaining",
            "anthropic-ratelimit-tokens-reset");

    @Test
    void requestsAreReadOrRefused() {
        forEachSeed(random -> {
            byte[] body = mutated(request(random), random);
            for (RequestKind kind : RequestKind.values()) {
                if (ModelRequest.parse(kind, headers(random), body) instanceof Parsed.Valid(ModelRequest request)) {
                    putToEachProvider(request);
                }
            }
        });
    }

    @Test
    void repliesAreAnswersOrFailures() {
        forEachSeed(random -> {
            byte[] body = mutated(reply(random), random);
            int status =
                    random.nextInt(5) == 0 ? random.nextInt(-1, 1000) : pick(List.of(200, 400, 401, 404, 429), random);
            for (ModelRequest request : List.of(hello(), messages(MESSAGES.getFirst()))) {
                for (Provider provider : Provider.values()) {
                    ProviderReply reply = request.read(provider, status, headers(random), body, NOW);
                    if (reply instanceof ProviderReply.Failure failure) {
                        assertThat(failure.detail()).hasSizeLessThanOrEqualTo(200);
                    }
                }
            }
        });
    }

    private static void putToEachProvider(ModelRequest request) {
        for (Provider provider : Provider.values()) {
            Endpoint endpoint = WireFiles.endpoint(provider, "https://provider.test", "model-id");
            if (request.unsupportedAt(provider).isEmpty()) {
                byte[] sent = request.at(endpoint, "key").body();
                assertThat(WireFiles.json(sent).path("model").asText()).isEqualTo("model-id");
            }
        }
    }

    private static void forEachSeed(Consumer<SplittableRandom> check) {
        for (long seed = 0; seed < ROUNDS; seed++) {
            try {
                check.accept(new SplittableRandom(seed));
            } catch (RuntimeException | AssertionError | StackOverflowError broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        }
    }

    private static byte[] request(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> new GeneratedChat(random).body();
            case 1 -> new GeneratedMessages(random).body();
            case 2, 3 -> pick(MESSAGES, random).clone();
            default -> pick(REQUESTS, random).clone();
        };
    }

    private static byte[] reply(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> utf8("{\"content\":" + ChatMeaningTest.reply(random) + ",\"stop_reason\":\"tool_use\"}");
            case 1 -> utf8("{\"choices\":[{\"message\":" + MessagesMeaningTest.reply(random) + "}]}");
            default -> pick(REPLIES, random).clone();
        };
    }

    private static byte[] mutated(byte[] original, SplittableRandom random) {
        byte[] bytes = original;
        int mutations = random.nextInt(4);
        for (int i = 0; i < mutations && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = splice(bytes, at, at, utf8(pick(SCRAPS, random)));
                case 2 -> bytes = splice(bytes, at, bytes.length, new byte[0]);
                case 3 -> bytes = splice(bytes, at, random.nextInt(at, bytes.length), new byte[0]);
                default -> bytes = valueReplaced(bytes, pick(SCRAPS, random), random);
            }
        }
        return bytes;
    }

    /** Puts a scrap in the place of a value, so that more of the mutants are JSON still. */
    private static byte[] valueReplaced(byte[] bytes, String scrap, SplittableRandom random) {
        String[] pieces = WireFiles.text(bytes).split("(?<=:)|(?=[,}\\]])", -1);
        pieces[random.nextInt(pieces.length)] = scrap;
        return utf8(String.join("", pieces));
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] put) {
        byte[] spliced = new byte[bytes.length - (to - from) + put.length];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(put, 0, spliced, from, put.length);
        System.arraycopy(bytes, to, spliced, from + put.length, bytes.length - to);
        return spliced;
    }

    private static Headers headers(SplittableRandom random) {
        Map<String, String> headers = new HashMap<>();
        for (String name : HEADER_NAMES) {
            StringBuilder value = new StringBuilder();
            int scraps = random.nextInt(4);
            for (int i = 0; i < scraps; i++) {
                value.append(pick(HEADER_SCRAPS, random));
            }
            headers.put(name, value.toString());
        }
        return new Headers(headers);
    }

    private static <T> T pick(List<T> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }
}
