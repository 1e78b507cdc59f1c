package ailb.sim;

import ailb.protocol.wire.ProviderRequest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How large a call is. Its body says so, for the providers to read. */
record Size(int inputTokens, int maxTokens) {

    static final Size USUAL = new Size(100, 64);
    static final Size SMALL = new Size(20, 16);
    static final Size LARGE = new Size(1_500, 400);

    private static final Pattern TOLD = Pattern.compile("in (\\d+) max (\\d+) ");

    /** The size that the body of a call tells. */
    static Size of(ProviderRequest request) {
        Matcher told = TOLD.matcher(new String(request.body(), StandardCharsets.ISO_8859_1));
        if (!told.find()) {
            throw new IllegalArgumentException("a call that is none of the simulation's");
        }
        return new Size(Integer.parseInt(told.group(1)), Integer.parseInt(told.group(2)));
    }

    /** The body of a chat with this text in it, and as many characters more as the size asks for. */
    String body(String text, boolean stream) {
        String content = "in %d max %d %s".formatted(inputTokens, maxTokens, text);
        return "{\"model\":\"chat\",\"max_tokens\":" + maxTokens + (stream ? ",\"stream\":true" : "")
                + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                + content + "x".repeat(4 * inputTokens - content.length()) + "\"}]}";
    }
}
