package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The text in a request, in either protocol: strings, or parts that hold text. */
final class Prompt {

    private static final int QUOTED = 60;

    private Prompt() {}

    /** Characters of all messages, and of the system prompt where that is apart from them. */
    static long characters(JsonNode body) {
        long characters = length(body.path("system"));
        for (JsonNode message : body.path("messages")) {
            characters += length(message.path("content"));
        }
        return characters;
    }

    /** A short answer that names who gives it and quotes the beginning of the last message. */
    static String answer(String name, JsonNode body) {
        JsonNode messages = body.path("messages");
        String last = String.join(" ", texts(messages.path(messages.size() - 1).path("content"))).strip();
        String quote = last.codePoints()
                .limit(QUOTED)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "This is " + name + ", a simulated provider. You said: \"" + quote
                + (quote.length() < last.length() ? "..." : "") + "\"";
    }

    private static long length(JsonNode content) {
        return texts(content).stream().mapToLong(String::length).sum();
    }

    private static List<String> texts(JsonNode content) {
        List<String> texts = new ArrayList<>();
        if (content.isTextual()) {
            texts.add(content.textValue());
        }
        content.forEach(part -> texts.add(part.path("text").asText()));
        return texts;
    }
}
