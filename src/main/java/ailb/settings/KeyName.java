package ailb.settings;

import ailb.settings.ParsedValue.Bad;
import ailb.settings.ParsedValue.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Checks the name of an API key. People paste the key itself here by mistake, so no error repeats the value. */
final class KeyName {

    static final Rule<String> RULE = new Rule<>(
            "the name of a key in the secret, 1 to 64 letters, digits, dots, dashes and underscores", KeyName::read);

    private static final int LONGEST_NAME = 64;

    /** How keys of OpenAI, Anthropic, OpenRouter, DeepSeek (all sk-), Groq, xAI, Google and Bedrock begin. */
    private static final Pattern PREFIX =
            Pattern.compile("(sk[-_]|Bearer\\s).*|(gsk_|xai-|AIza|ABSK).{20,}", Pattern.DOTALL);

    /** Azure's and Mistral's keys: letters and digits without a break. */
    private static final Pattern UNBROKEN = Pattern.compile("(?=.*\\d)[A-Za-z0-9]{32,}");

    private KeyName() {}

    static boolean looksLikeKey(String text) {
        return PREFIX.matcher(text).matches() || UNBROKEN.matcher(text).matches();
    }

    private static ParsedValue<String> read(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : "";
        if (text.length() > LONGEST_NAME || looksLikeKey(text)) {
            return new Bad<>(
                    "looks like a key itself (not shown); put the key into the secret and its name here");
        }
        if (!Rule.isName(text)) {
            return new Bad<>("must be " + RULE.wanted() + ", not the value given (not shown)");
        }
        return new Good<>(text);
    }
}
