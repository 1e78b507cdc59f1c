package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiRequest;
import ailb.local.simulated.SimulatedProvider;
import ailb.protocol.wire.Headers;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A pool in which each model is served by one provider, and by its own: what befalls one is nothing to the others. The
 * models are called {@code gpt-} or {@code claude-} and the trouble of their provider. No number of failures takes an
 * endpoint out, no caller waits for room, and a provider that is told to be rate limited is left alone for a second.
 */
final class TroubledPool implements AutoCloseable {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** The troubles, and how a provider is told of them; of a missing key no provider knows. */
    private static final Map<String, String> MODES = Map.of(
            "limited", "ok", "failing", "fail", "out", "unauthorized", "breaking", "break_off", "keyless", "ok");

    private static final long LIMIT = 1_000_000;

    private final Deque<SimulatedProvider> providers = new ArrayDeque<>();
    private final Map<String, String> keys = new HashMap<>();
    private final String document;
    private final Path poolFile;
    private final Path keysFile;

    /** @param directory for the files */
    TroubledPool(Path directory) throws IOException {
        ObjectNode file = MAPPER.createObjectNode();
        ArrayNode endpoints = file.putArray("endpoints");
        for (String trouble : MODES.keySet()) {
            for (String model : new String[]{"gpt-" + trouble, "claude-" + trouble}) {
                SimulatedProvider provider = start(model);
                endpoint(endpoints.addObject(), provider, model);
                if (!trouble.equals("keyless")) {
                    keys.put(model, provider.key());
                }
                tell(provider, MODES.get(trouble));
            }
        }
        file.putObject("retries").put("max_attempts", 1);
        file.putObject("health")
                .put("consecutive_errors", 100)
                .put("hard_consecutive_errors", 1000)
                .put("minimum_calls", 10_000);
        file.putObject("routing").put("max_wait_ms", 0).put("retry_after_cap_seconds", 1);
        document = file.toString();
        poolFile = Files.writeString(directory.resolve("pool.json"), document);
        keysFile = Files.writeString(directory.resolve("keys.json"), MAPPER.writeValueAsString(keys));
    }

    private SimulatedProvider start(String model) throws IOException {
        SimulatedProvider provider = isClaude(model)
                ? SimulatedProvider.anthropic(model, LIMIT, LIMIT, LIMIT, InstantSource.system(), new Random(1))
                : SimulatedProvider.openAi(model, LIMIT, LIMIT, InstantSource.system(), new Random(1));
        providers.push(provider);
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        return provider;
    }

    private static void endpoint(ObjectNode endpoint, SimulatedProvider provider, String model) {
        endpoint.put("name", model)
                .put("provider", isClaude(model) ? "anthropic" : "openai")
                .put("base_url", provider.baseUrl().toString())
                .put("model_id", provider.model())
                .put("api_key", model)
                .putArray("models")
                .add(model);
    }

    private static boolean isClaude(String model) {
        return model.startsWith("claude");
    }

    private static void tell(SimulatedProvider provider, String mode) {
        byte[] instruction = ("{\"mode\":\"" + mode + "\"}").getBytes(UTF_8);
        provider.administer(new ApiRequest("PUT", "/simulate", "", new Headers(Map.of()), instruction));
    }

    /** What is in the pool's file. */
    String document() {
        return document;
    }

    /** The API keys by name. */
    Map<String, String> keys() {
        return keys;
    }

    /** Of a local server. */
    Map<String, String> environment() {
        return Map.of(
                "PORT", "0", "STATE", "memory", "CLIENT_KEY", "local", "POOL_FILE", poolFile.toString(), "KEYS_FILE",
                keysFile.toString());
    }

    /** Where the provider of a model is told how to behave. */
    String simulate(String model) {
        return providers.stream()
                .filter(provider -> provider.name().equals(model))
                .map(provider -> provider.baseUrl().resolve("/simulate").toString())
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        providers.forEach(SimulatedProvider::close);
    }
}
