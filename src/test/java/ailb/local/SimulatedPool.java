package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.local.simulated.SimulatedProvider;
import ailb.pool.Pool;
import ailb.settings.PoolFile;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The pool of the original pattern, played by three simulated providers. Their token limits are wide, so that those of
 * requests are met first.
 */
final class SimulatedPool implements AutoCloseable {

    /** Where the providers are told how to behave: the path itself for all, followed by a name for one. */
    static final String PATH = "/simulate";

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long OPENAI_REQUESTS = 500;
    private static final long OPENAI_TOKENS = 1_000_000;
    private static final long ANTHROPIC_REQUESTS = 300;
    private static final long ANTHROPIC_INPUT_TOKENS = 500_000;
    private static final long ANTHROPIC_OUTPUT_TOKENS = 200_000;

    private final SimulatedProvider primary;
    private final SimulatedProvider secondary;
    private final SimulatedProvider anthropic;

    private SimulatedPool(InstantSource clock, RandomGenerator random) throws IOException {
        primary = SimulatedProvider.openAi("openai-primary", OPENAI_REQUESTS, OPENAI_TOKENS, clock, random);
        secondary = SimulatedProvider.openAi("openai-secondary", OPENAI_REQUESTS, OPENAI_TOKENS, clock, random);
        anthropic = SimulatedProvider.anthropic(
                "anthropic", ANTHROPIC_REQUESTS, ANTHROPIC_INPUT_TOKENS, ANTHROPIC_OUTPUT_TOKENS, clock, random);
    }

    /** @param random used by many threads at once */
    static SimulatedPool start(InstantSource clock, RandomGenerator random) throws IOException {
        return new SimulatedPool(clock, random);
    }

    List<SimulatedProvider> providers() {
        return List.of(primary, secondary, anthropic);
    }

    /**
     * The providers as endpoints. All serve the model {@code chat}; {@code gpt} and {@code claude} are those of one
     * protocol, and {@code embed} is there to be asked for embeddings.
     */
    Pool pool() {
        return PoolFile.parse(document().getBytes(UTF_8));
    }

    /** The same as it is written in a pool's file. */
    String document() {
        ObjectNode file = MAPPER.createObjectNode();
        ArrayNode endpoints = file.putArray("endpoints");
        openAiEndpoint(endpoints, primary, 2.0);
        openAiEndpoint(endpoints, secondary, 1.0);
        endpoint(endpoints, anthropic, "anthropic", 0.5, "chat", "claude")
                .put("requests_per_minute", ANTHROPIC_REQUESTS)
                .put("input_tokens_per_minute", ANTHROPIC_INPUT_TOKENS)
                .put("output_tokens_per_minute", ANTHROPIC_OUTPUT_TOKENS);
        return file.toString();
    }

    private static void openAiEndpoint(ArrayNode endpoints, SimulatedProvider provider, double weight) {
        endpoint(endpoints, provider, "openai", weight, "chat", "gpt", "embed")
                .put("requests_per_minute", OPENAI_REQUESTS)
                .put("tokens_per_minute", OPENAI_TOKENS)
                .putArray("operations")
                .add("chat")
                .add("embeddings")
                .add("responses");
    }

    private static ObjectNode endpoint(
            ArrayNode endpoints, SimulatedProvider provider, String protocol, double weight, String... models) {
        ObjectNode endpoint = endpoints.addObject()
                .put("name", provider.name())
                .put("provider", protocol)
                .put("base_url", provider.baseUrl().toString())
                .put("model_id", provider.model())
                .put("api_key", provider.name())
                .put("weight", weight);
        ArrayNode served = endpoint.putArray("models");
        List.of(models).forEach(served::add);
        return endpoint;
    }

    /** The API keys by name. */
    Map<String, String> keys() {
        return providers().stream().collect(Collectors.toMap(SimulatedProvider::name, SimulatedProvider::key));
    }

    static boolean isMeant(ApiRequest request) {
        return request.path().equals(PATH) || request.path().startsWith(PATH + "/");
    }

    /** Shows the providers, or tells one how to behave. */
    ApiResponse handle(ApiRequest request) {
        String name = request.path().substring(PATH.length()).replaceFirst("^/", "");
        if (name.isEmpty() && request.method().equals("GET")) {
            ObjectNode all = MAPPER.createObjectNode();
            ArrayNode list = all.putArray("providers");
            providers().forEach(provider -> list.add(provider.status()));
            return json(200, all);
        }
        Optional<SimulatedProvider> meant = providers().stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst();
        return meant.<Function<ApiRequest, ApiResponse>>map(provider -> provider::administer)
                .orElse(_ -> unknown())
                .apply(request);
    }

    private ApiResponse unknown() {
        String paths = providers().stream()
                .map(provider -> PATH + "/" + provider.name())
                .collect(Collectors.joining(", "));
        return json(404, MAPPER.createObjectNode().put("error", "providers are told how to behave at " + paths));
    }

    private static ApiResponse json(int status, ObjectNode body) {
        return new ApiResponse(status, Map.of("content-type", "application/json"), bytes(body));
    }

    private static byte[] bytes(ObjectNode body) {
        return (body + "\n").getBytes(UTF_8);
    }

    @Override
    public void close() {
        providers().forEach(SimulatedProvider::close);
    }
}
