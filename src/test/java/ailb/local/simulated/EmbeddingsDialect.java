package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** OpenAI's embeddings: vectors of length 1 that follow from the text alone, at every provider the same. */
final class EmbeddingsDialect implements Dialect {

    private static final Set<String> FIELDS = Set.of("model", "input", "encoding_format", "dimensions", "user");
    private static final int DIMENSIONS = 16;
    private static final int MOST_DIMENSIONS = 3072;
    private static final int MOST_INPUTS = 2048;
    private static final int CHARACTERS_OF_A_TOKEN = 4;

    @Override
    public Optional<Fault> fault(JsonNode body) {
        return ChatFaults.model(body)
                .or(() -> input(body.path("input")))
                .or(() -> format(body.path("encoding_format").asText("float")))
                .or(() -> dimensions(body.path("dimensions").asInt(DIMENSIONS)))
                .or(() -> Checks.unknown(body, FIELDS)
                        .flatMap(name -> Fault.of("Unrecognized request argument supplied: " + name)));
    }

    private static Optional<Fault> input(JsonNode input) {
        List<JsonNode> inputs = inputs(input);
        boolean isRight = !inputs.isEmpty()
                && inputs.size() <= MOST_INPUTS
                && inputs.stream().noneMatch(one -> one.isEmpty() && one.asText().isEmpty());
        return isRight ? Optional.empty() : Fault.of("'$.input' is invalid. Please check the API reference.");
    }

    private static Optional<Fault> format(String format) {
        return Set.of("float", "base64").contains(format)
                ? Optional.empty()
                : Fault.of("Invalid value: '" + format + "'. Supported values are: 'float' and 'base64'.",
                        "encoding_format", "invalid_value");
    }

    private static Optional<Fault> dimensions(int dimensions) {
        return dimensions >= 1 && dimensions <= MOST_DIMENSIONS
                ? Optional.empty()
                : Fault.of("Invalid value for 'dimensions': must be from 1 to " + MOST_DIMENSIONS + ".", "dimensions",
                        "invalid_value");
    }

    /** One text, several, the tokens of one, or those of several. */
    private static List<JsonNode> inputs(JsonNode input) {
        return input.isArray() && !input.path(0).isNumber() ? input.valueStream().toList() : List.of(input);
    }

    @Override
    public Call call(String id, String name, String model, JsonNode body) {
        long characters = inputs(body.path("input")).stream()
                .mapToLong(input -> input.isArray() ? (long) input.size() * CHARACTERS_OF_A_TOKEN
                        : input.asText().length())
                .sum();
        return Call.of(id, model, characters, OptionalLong.empty(), Said.NOTHING);
    }

    @Override
    public ObjectNode answer(Call call, JsonNode body, Instant now) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        boolean isBase64 = body.path("encoding_format").asText().equals("base64");
        for (JsonNode input : inputs(body.path("input"))) {
            float[] vector = vector(input.toString(), body.path("dimensions").asInt(DIMENSIONS));
            ObjectNode embedding = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (isBase64) {
                embedding.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = embedding.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
        }
        answer.put("model", call.model())
                .putObject("usage")
                .put("prompt_tokens", call.inputTokens())
                .put("total_tokens", call.inputTokens());
        return answer;
    }

    private static float[] vector(String text, int dimensions) {
        double[] numbers = new Random(text.hashCode()).doubles(dimensions, -1, 1).toArray();
        double length = Math.sqrt(Arrays.stream(numbers).map(number -> number * number).sum());
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (numbers[i] / length);
        }
        return vector;
    }

    /** 32 bits a number, the lowest byte first. */
    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
