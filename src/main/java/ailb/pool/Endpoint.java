package ailb.pool;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of the pool: a provider, its base URL, a model id and an API key, with limits, weight and price.
 *
 * @param name unique in the pool; letters, digits, dot, dash and underscore, 1 to 64 of them
 * @param provider its wire protocol
 * @param baseUrl the URL before the operation's path, without a slash at the end
 * @param modelId the model's name at the provider
 * @param models the public names it serves, at least one
 * @param operations the operations that its model supports, at least one
 * @param refusedFields names of top-level fields; requests with one of them are not sent to this endpoint
 * @param apiKey the name (not the value) of its API key
 * @param weight relative share of the traffic among otherwise equal endpoints, above 0
 * @param limits the provider's rate limits
 * @param price the price of its tokens, or null where unknown
 */
public record Endpoint(
        String name,
        Provider provider,
        URI baseUrl,
        String modelId,
        List<String> models,
        Set<Operation> operations,
        Set<String> refusedFields,
        String apiKey,
        double weight,
        Limits limits,
        @Nullable Price price) {

    public Endpoint {
        models = List.copyOf(models);
        operations = Set.copyOf(operations);
        refusedFields = Set.copyOf(refusedFields);
    }

    public boolean serves(String model) {
        return models.contains(model);
    }

    /** Whether its model supports the operation. */
    public boolean supports(Operation operation) {
        return operations.contains(operation);
    }
}
