package ailb.pool;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way to have a call answered: a provider, its base URL, a model id and an API key, with limits, weight and price.
 *
 * @param name unique in the pool; letters, digits, dot, dash and underscore, 1 to 64 of them
 * @param provider the wire protocol it speaks
 * @param baseUrl up to and without the path of the operation, with no slash at the end
 * @param modelId the model's name at the provider
 * @param models the public names it serves, at least one
 * @param operations what its model can be asked for, at least one
 * @param refusedFields names of top-level fields; a request that has one of them is not sent to it
 * @param apiKey the name (not the value) of its API key
 * @param weight share of the traffic it should get among equals, above 0
 * @param limits what the provider allows it
 * @param price what its tokens cost, or null where unknown
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

    /** Whether its model can be asked for this. */
    public boolean supports(Operation operation) {
        return operations.contains(operation);
    }
}
