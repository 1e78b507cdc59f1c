package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.zip.CRC32;

/** What a model thinks before it answers. Anthropic signs thoughts, and takes back none that was changed. */
final class Thought {

    static final String TEXT = "What was asked is clear.";

    private Thought() {}

    static boolean isWanted(JsonNode body) {
        String type = body.path("thinking").path("type").asText();
        return type.equals("enabled") || type.equals("adaptive");
    }

    static String signature(String thought) {
        CRC32 sum = new CRC32();
        sum.update(thought.getBytes(UTF_8));
        return Base64.getEncoder().encodeToString(("simulated-" + sum.getValue()).getBytes(UTF_8));
    }

    static boolean isSigned(JsonNode block) {
        return signature(block.path("thinking").asText()).equals(block.path("signature").asText());
    }
}
