package ailb.api;

import ailb.health.Opening;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.state.EndpointState;
import ailb.stats.EndpointStatistics;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** Response bodies about the pool. */
final class Bodies {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** Callers do not learn which key it is. */
    static final String KEY_MISSING = "its API key is missing: the owner of the pool must add it";

    /** Figures are read again after one second. Older figures mean that the store did not answer. */
    private static final long STALE = Duration.ofSeconds(2).toNanos();

    private Bodies() {}

    /**
     * The statistics of every endpoint and the status of the state store: what every caller may see.
     *
     * @param stateStore see {@link #stateStore}
     * @param missingKeys the message for an endpoint whose key is missing
     */
    static ObjectNode pool(
            Pool pool,
            String stateStore,
            Function<Endpoint, EndpointState> states,
            Function<Endpoint, Optional<String>> missingKeys,
            long now) {
        ObjectNode body = MAPPER.createObjectNode()
                .put("object", "pool")
                .put("time", iso(now))
                .put("state_store", stateStore);
        List<EndpointStatistics> statistics = pool.endpoints()
                .stream()
                .map(endpoint -> EndpointStatistics.of(endpoint, states.apply(endpoint), now))
                .toList();
        double traffic = statistics.stream()
                .mapToDouble(EndpointStatistics::windowAdmitted)
                .sum();
        ArrayNode endpoints = body.putArray("endpoints");
        for (EndpointStatistics endpoint : statistics) {
            double share = traffic == 0 ? 0 : endpoint.windowAdmitted() / traffic;
            Optional<String> missingKey = missingKeys.apply(endpoint.endpoint());
            endpoints.add(endpoint(endpoint, missingKey, now).put("share", rounded(share)));
        }
        return body;
    }

    /**
     * The status of the state store in words.
     *
     * @param readAt when it last answered, 0 for never
     */
    static String stateStore(OptionalLong downSince, long readAt, long now) {
        if (downSince.isPresent()) {
            return "down since " + iso(downSince.getAsLong()) + ": on a local share";
        }
        if (now - readAt < STALE) {
            return "ok";
        }
        return "does not answer: " + (readAt == 0 ? "there are no figures yet" : "figures of " + iso(readAt));
    }

    private static ObjectNode endpoint(EndpointStatistics statistics, Optional<String> missingKey, long now) {
        Endpoint endpoint = statistics.endpoint();
        ObjectNode node = MAPPER.createObjectNode()
                .put("name", endpoint.name())
                .put("provider", lower(endpoint.provider()))
                .put("model_id", endpoint.modelId())
                .put("weight", endpoint.weight())
                .put("capacity", rounded(statistics.capacity()))
                .put("healthy", statistics.opening().isEmpty() && missingKey.isEmpty())
                .put("state", state(statistics.opening()))
                .put("total_requests", statistics.totalRequests())
                .put("total_failures", statistics.totalFailures())
                .put("total_rate_limited", statistics.totalRateLimited())
                .put("error_rate", rounded(statistics.errorRate()))
                .put("consecutive_errors", statistics.consecutiveErrors())
                .put("generation", statistics.generation());
        node.set(
                "out",
                missingKey.map(Bodies::withoutKey)
                        .or(() -> statistics.opening().map(Bodies::opening))
                        .<JsonNode>map(out -> out)
                        .orElse(MAPPER.nullNode()));
        node.put("held_until", statistics.heldUntil() > now ? iso(statistics.heldUntil()) : null);
        ArrayNode limits = node.putArray("limits");
        statistics.uses()
                .forEach(use -> limits.addObject()
                        .put("limit", lower(use.kind()))
                        .put("used", rounded(use.used()))
                        .put("of", use.limit()));
        node.putObject("window")
                .put("admitted", rounded(statistics.windowAdmitted()))
                .put("answers", rounded(statistics.windowAnswers()))
                .put("calls", rounded(statistics.windowCalls()))
                .put("failures", rounded(statistics.windowFailures()));
        ObjectNode latency = node.putObject("latency_ms");
        latency.set("p50", millis(statistics.p50()));
        latency.set("p95", millis(statistics.p95()));
        node.putObject("tokens")
                .put("input", statistics.totalInputTokens())
                .put("output", statistics.totalOutputTokens());
        return node;
    }

    private static String state(Optional<Opening> opening) {
        return opening.map(open -> open.halfOpen() ? "half_open" : "open").orElse("closed");
    }

    private static ObjectNode withoutKey(String means) {
        return MAPPER.createObjectNode()
                .put("reason", "key_missing")
                .put("means", means)
                .putNull("until");
    }

    private static ObjectNode opening(Opening opening) {
        return MAPPER.createObjectNode()
                .put("reason", lower(opening.reason()))
                .put("means", means(opening.reason()))
                .put("until", iso(opening.until()));
    }

    /** The failure, and what a person can do about it. */
    private static String means(FailureClass reason) {
        return switch (reason) {
            case QUOTA -> reason.words() + ": check its billing";
            case CREDENTIAL -> reason.words() + ": put a valid key into the secret";
            case MODEL -> reason.words() + ": check model_id and base_url";
            case OVERLOADED, SERVER, TRANSPORT, TIMEOUT, RATE_LIMITED, CALLER_FAULT -> reason.words();
        };
    }

    private static JsonNode millis(OptionalDouble nanos) {
        return nanos.isPresent()
                ? MAPPER.getNodeFactory().numberNode(Math.round(nanos.getAsDouble() / 1e6))
                : MAPPER.nullNode();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static String iso(long nanos) {
        return Instant.ofEpochMilli(Math.floorDiv(nanos, 1_000_000L)).toString();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always prints", e);
        }
    }
}
