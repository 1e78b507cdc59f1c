package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the providers' checks of a request have in common. */
final class Checks {

    private Checks() {}

    /** A field that is not among the known. */
    static Optional<String> unknown(JsonNode object, Set<String> known) {
        return object.propertyStream().map(field -> field.getKey()).filter(name -> !known.contains(name)).findFirst();
    }

    /** The first fault among elements, each told by its index. */
    static Optional<Fault> first(JsonNode array, Function<Integer, Optional<Fault>> check) {
        return IntStream.range(0, array.size()).boxed().map(check).flatMap(Optional::stream).findFirst();
    }

    /** The parts of a content that are objects; none for a string. */
    static Stream<JsonNode> parts(JsonNode content) {
        return content.isArray() ? content.valueStream() : Stream.empty();
    }

    static Stream<JsonNode> parts(JsonNode content, String type) {
        return parts(content).filter(part -> part.path("type").asText().equals(type));
    }

    static boolean isBase64(String text) {
        try {
            return Base64.getDecoder().decode(text).length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isWebAddress(String text) {
        try {
            return List.of("http", "https").contains(URI.create(text).getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** An image as OpenAI takes it: its address, or its bytes as a data URI. */
    static Optional<Fault> imageFault(String url, String param) {
        if (!url.startsWith("data:")) {
            return isWebAddress(url)
                    ? Optional.empty()
                    : Fault.of("Invalid image URL: must be a valid URL or a base64 data URL.", param, "invalid_value");
        }
        return url.matches("data:image/(png|jpeg|gif|webp);base64,.*") && isBase64(url.substring(url.indexOf(',') + 1))
                ? Optional.empty()
                : Fault.of("Invalid base64 image_url.", param, "invalid_base64");
    }
}
