package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * What a simulated provider has been told to do.
 *
 * @param mode as told; what holds at a moment is {@link #mode(Instant)}
 * @param until when the mode ends
 * @param key the API key it takes
 * @param minLatency shortest time an answer takes
 * @param maxLatency longest time an answer takes
 */
record Behaviour(Mode mode, Instant until, String key, Duration minLatency, Duration maxLatency) {

    private static final Set<String> FIELDS = Set.of("mode", "for_seconds", "latency_ms", "key");
    private static final Duration MOST = Duration.ofDays(1);

    static Behaviour normal(String key) {
        return new Behaviour(Mode.OK, Instant.MAX, key, Duration.ofMillis(50), Duration.ofMillis(150));
    }

    Mode mode(Instant now) {
        return now.isBefore(until) ? mode : Mode.OK;
    }

    Behaviour withLatency(Duration min, Duration max) {
        return new Behaviour(mode, until, key, min, max);
    }

    /**
     * The behaviour after an instruction such as {@code {"mode":"fail","for_seconds":60}}.
     *
     * @throws IllegalArgumentException when it is none, with a message for who gave it
     */
    Behaviour told(JsonNode instruction, Instant now) {
        require(
                instruction.isObject() && !instruction.isEmpty(),
                "must be JSON such as {\"mode\":\"fail\",\"for_seconds\":60}");
        instruction.fieldNames()
                .forEachRemaining(name -> require(
                        FIELDS.contains(name), "has an unknown field; known are mode, for_seconds, latency_ms, key"));
        require(!instruction.has("for_seconds") || instruction.has("mode"), "for_seconds goes with a mode");
        Behaviour told = this;
        if (instruction.has("mode")) {
            Mode newMode = Mode.of(instruction.path("mode").asText())
                    .orElseThrow(() -> new IllegalArgumentException("mode must be one of " + Mode.words()));
            Instant end = instruction.has("for_seconds")
                    ? now.plus(duration(instruction, "for_seconds", 1000))
                    : Instant.MAX;
            told = new Behaviour(newMode, end, key, minLatency, maxLatency);
        }
        if (instruction.has("latency_ms")) {
            Duration latency = duration(instruction, "latency_ms", 1);
            told = told.withLatency(latency, latency);
        }
        if (instruction.has("key")) {
            String newKey = instruction.path("key").asText();
            require(!newKey.isBlank(), "key must be a string");
            told = new Behaviour(told.mode, told.until, newKey, told.minLatency, told.maxLatency);
        }
        return told;
    }

    void show(ObjectNode out, Instant now) {
        out.put("mode", mode(now).word());
        if (mode(now) != Mode.OK && until.isBefore(Instant.MAX)) {
            out.put("until", until.toString());
        }
    }

    private static Duration duration(JsonNode instruction, String field, long millis) {
        JsonNode value = instruction.path(field);
        double most = (double) MOST.toMillis() / millis;
        require(
                value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= most,
                field + " must be a number from 0 to " + (long) most);
        return Duration.ofMillis(Math.round(value.doubleValue() * millis));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public String toString() {
        return "Behaviour[" + mode + "]";
    }
}
