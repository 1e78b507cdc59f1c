package ailb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README says of each field what the code does with it. */
class ReadmeTableTest {

    private static final Pattern ROW =
            Pattern.compile("\\| ((?:`\\w+`(?:, )?)+) \\| (translated|left out|refused) \\|.*");
    private static final Pattern FIELD = Pattern.compile("`(\\w+)`");

    @Test
    void fieldsAndWhatBecomesOfThemAreThoseOfTheCode() throws IOException {
        Map<String, String> told = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                FIELD.matcher(row.group(1)).results().forEach(field -> told.put(field.group(1), row.group(2)));
            }
        }
        Map<String, String> done = new HashMap<>();
        AnthropicFields.RULES.forEach((field, rule) -> done.put(
                field, rule.fate().name().toLowerCase(Locale.ROOT).replace('_', ' ')));

        assertThat(told).isEqualTo(done);
    }
}
