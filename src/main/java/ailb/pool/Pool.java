package ailb.pool;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All endpoints and the settings of the pool. Endpoint names are unique. */
public record Pool(List<Endpoint> endpoints, Settings settings) {

    public Pool {
        endpoints = List.copyOf(endpoints);
        Set<String> names = new HashSet<>();
        for (Endpoint endpoint : endpoints) {
            if (!names.add(endpoint.name())) {
                throw new IllegalArgumentException("two endpoints are named " + endpoint.name());
            }
        }
    }

    /** The endpoints that serve a public model name, in the pool's order. */
    public List<Endpoint> serving(String model) {
        return endpoints.stream().filter(endpoint -> endpoint.serves(model)).toList();
    }

    /** The endpoints that serve a public model name and support the operation, in the pool's order. */
    public List<Endpoint> serving(String model, Operation operation) {
        return serving(model).stream().filter(endpoint -> endpoint.supports(operation)).toList();
    }

    /** The public model names without duplicates, in the pool's order. */
    public List<String> models() {
        return endpoints.stream()
                .map(Endpoint::models)
                .flatMap(Collection::stream)
                .distinct()
                .toList();
    }
}
