package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is said at one path of a provider: how it is asked there, what it refuses, how it answers. */
interface Dialect {

    /** What is wrong with a request, where something is. */
    Optional<Fault> fault(JsonNode body);

    /**
     * What a request without a fault comes to.
     *
     * @param id of the call
     * @param name of the provider
     */
    Call call(String id, String name, String model, JsonNode body);

    ObjectNode answer(Call call, JsonNode body, Instant now);

    /** The same as a stream of events, each as it goes on the wire. Only where {@link #fault} lets a stream pass. */
    default List<String> events(Call call, JsonNode body, Instant now) {
        throw new IllegalStateException("streams are refused as a fault");
    }

    /** Whether no limit counts it. */
    default boolean isFree() {
        return false;
    }
}
