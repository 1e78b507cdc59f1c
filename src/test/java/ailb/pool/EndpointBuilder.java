package ailb.pool;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds an endpoint for tests: of OpenAI, for chats with the model {@code chat}, without limits, unless it is told otherwise. */
public final class EndpointBuilder {

    private final String name;
    private Provider provider = Provider.OPENAI;
    private URI baseUrl;
    private String modelId;
    private List<String> models = List.of("chat");
    private Set<Operation> operations = Set.of(Operation.CHAT);
    private Set<String> refusedFields = Set.of();
    private String apiKey;
    private double weight = 1;
    private Limits limits = Endpoints.unlimited();
    private @Nullable Price price = new Price(1, 2);

    public EndpointBuilder(String name) {
        this.name = name;
        baseUrl = URI.create("https://" + name + ".example/v1");
        modelId = "model-of-" + name;
        apiKey = "key-of-" + name;
    }

    /** Starts from an endpoint. */
    public static EndpointBuilder like(Endpoint endpoint) {
        return new EndpointBuilder(endpoint.name())
                .provider(endpoint.provider())
                .baseUrl(endpoint.baseUrl())
                .modelId(endpoint.modelId())
                .models(endpoint.models())
                .operations(endpoint.operations())
                .refusedFields(endpoint.refusedFields())
                .apiKey(endpoint.apiKey())
                .weight(endpoint.weight())
                .limits(endpoint.limits())
                .price(endpoint.price());
    }

    public EndpointBuilder provider(Provider value) {
        provider = value;
        return this;
    }

    public EndpointBuilder baseUrl(URI value) {
        baseUrl = value;
        return this;
    }

    public EndpointBuilder modelId(String value) {
        modelId = value;
        return this;
    }

    public EndpointBuilder models(List<String> value) {
        models = value;
        return this;
    }

    public EndpointBuilder operations(Set<Operation> value) {
        operations = value;
        return this;
    }

    public EndpointBuilder refusedFields(Set<String> value) {
        refusedFields = value;
        return this;
    }

    public EndpointBuilder apiKey(String value) {
        apiKey = value;
        return this;
    }

    public EndpointBuilder weight(double value) {
        weight = value;
        return this;
    }

    public EndpointBuilder limits(Limits value) {
        limits = value;
        return this;
    }

    /** Null where it is unknown. */
    public EndpointBuilder price(@Nullable Price value) {
        price = value;
        return this;
    }

    public Endpoint build() {
        return new Endpoint(
                name, provider, baseUrl, modelId, models, operations, refusedFields, apiKey, weight, limits, price);
    }
}
