package ailb.lambda;

import ailb.pool.FailureClass;
import ailb.port.DispatchEvent;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Metrics within a line of the log, from which CloudWatch takes them (embedded metric format). So no call is made. Each
 * pair of a metric and a value of a dimension is a series that costs money, so there are few.
 *
 * @param stack name of the stack, a dimension of all metrics: stacks of one account must not raise each other's alarms
 */
record EmbeddedMetrics(String stack) {

    static final String NAMESPACE = "AiLoadBalancer";

    private static final String STACK = "Stack";

    /**
     * @param dimensions by name
     * @param values by name of the metric
     */
    private record Directive(Map<String, String> dimensions, String unit, Map<String, Long> values) {}

    /**
     * Adds the metrics of an event, if it has any.
     *
     * @param nowMillis milliseconds since the epoch
     */
    void addTo(ObjectNode line, DispatchEvent event, long nowMillis) {
        addTo(line, directives(event), nowMillis);
    }

    /** Adds a caller who was rejected for its key. */
    void addRefusedKeyTo(ObjectNode line, long nowMillis) {
        addTo(line, List.of(count("RefusedKeys", 1)), nowMillis);
    }

    private void addTo(ObjectNode line, List<Directive> directives, long nowMillis) {
        if (directives.isEmpty()) {
            return;
        }
        line.put(STACK, stack);
        for (Directive directive : directives) {
            directive.dimensions().forEach(line::put);
            directive.values().forEach(line::put);
        }
        ObjectNode instructions = line.putObject("_aws").put("Timestamp", nowMillis);
        ArrayNode metrics = instructions.putArray("CloudWatchMetrics");
        directives.forEach(directive -> render(metrics.addObject().put("Namespace", NAMESPACE), directive));
    }

    private static void render(ObjectNode out, Directive directive) {
        ArrayNode dimensions = out.putArray("Dimensions").addArray().add(STACK);
        directive.dimensions().keySet().forEach(dimensions::add);
        ArrayNode metrics = out.putArray("Metrics");
        directive.values()
                .keySet()
                .forEach(name -> metrics.addObject().put("Name", name).put("Unit", directive.unit()));
    }

    private static List<Directive> directives(DispatchEvent event) {
        return switch (event) {
            case DispatchEvent.Answered(String endpoint, long nanos, long input, long output) ->
                List.of(
                        of(endpoint, "Milliseconds", "Latency", nanos / 1_000_000),
                        of(endpoint, "Count", "Tokens", input + output));
            case DispatchEvent.Failed failed -> List.of(failed(failed.endpoint(), failed.failure()));
            case DispatchEvent.Opened(String endpoint, FailureClass reason) -> opened(endpoint, reason);
            case DispatchEvent.KeyMissing _ -> List.of(count("EndpointNeedsAPerson", 1));
            case DispatchEvent.Refused _ -> List.of(count("Refused", 1));
            case DispatchEvent.Throttled _ -> List.of(count("StateStoreThrottled", 1));
            case DispatchEvent.StoreTrouble _ -> List.of(count("StateStoreTrouble", 1));
            case DispatchEvent.StoreDown _,DispatchEvent.StoreStillDown _ -> List.of(count("StateStoreDown", 1));
            case DispatchEvent.StoreUp _ -> List.of(count("StateStoreDown", 0));
            case DispatchEvent.Admitted _,DispatchEvent.Dropped _,DispatchEvent.HungUp _,DispatchEvent.Closed _,DispatchEvent.KeyRenewed _ ->
                List.of();
        };
    }

    private static Directive failed(String endpoint, FailureClass failure) {
        Map<String, String> dimensions = new TreeMap<>(Map.of("Endpoint", endpoint, "Failure", failure.name()));
        return new Directive(dimensions, "Count", Map.of("Failed", 1L));
    }

    /** A failure that needs a person counts for the whole pool too, because an alarm cannot name each endpoint. */
    private static List<Directive> opened(String endpoint, FailureClass reason) {
        Directive opened = of(endpoint, "Count", "EndpointOpened", 1);
        return reason.needsAPerson() ? List.of(opened, count("EndpointNeedsAPerson", 1)) : List.of(opened);
    }

    private static Directive of(String endpoint, String unit, String metric, long value) {
        return new Directive(Map.of("Endpoint", endpoint), unit, Map.of(metric, value));
    }

    private static Directive count(String metric, long value) {
        return new Directive(Map.of(), "Count", Map.of(metric, value));
    }
}
