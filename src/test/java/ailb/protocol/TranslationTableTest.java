package ailb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.anthropictoopenai.MessagesFields;
import ailb.protocol.openaitoanthropic.ChatFields;
import ailb.protocol.translate.FieldRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/translation.md says of each field what the code does with it. */
class TranslationTableTest {

    private static final Pattern ROW =
            Pattern.compile("\\| ((?:`\\w+`(?:, )?)+) \\| (translated|left out|refused) \\|.*");
    private static final Pattern FIELD = Pattern.compile("`(\\w+)`");

    @Test
    void fieldsOfChatsAndWhatBecomesOfThemAreThoseOfTheCode() throws IOException {
        assertThat(told("OpenAI clients, Anthropic endpoints")).isEqualTo(done(ChatFields.RULES));
    }

    @Test
    void fieldsOfMessagesAndWhatBecomesOfThemAreThoseOfTheCode() throws IOException {
        assertThat(told("Anthropic clients, OpenAI endpoints")).isEqualTo(done(MessagesFields.RULES));
    }

    private static Map<String, String> told(String heading) throws IOException {
        Map<String, String> told = new HashMap<>();
        String section = "";
        for (String line : Files.readAllLines(Path.of("docs", "translation.md"))) {
            section = line.startsWith("#") ? line : section;
            Matcher row = ROW.matcher(line);
            if (section.equals("## " + heading) && row.matches()) {
                FIELD.matcher(row.group(1)).results().forEach(field -> told.put(field.group(1), row.group(2)));
            }
        }
        return told;
    }

    private static Map<String, String> done(Map<String, FieldRule> rules) {
        Map<String, String> done = new HashMap<>();
        rules.forEach((field, rule) -> done.put(
                field, rule.fate().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        return done;
    }
}
