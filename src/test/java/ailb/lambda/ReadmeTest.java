package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** README's commands can be pasted, and what it says of the stack is what template.yaml has. */
class ReadmeTest {

    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#(\\s|$)");
    private static final Pattern OUTPUT = Pattern.compile("\\$\\(output (\\w+)\\)");
    private static final Pattern PARAMETER = Pattern.compile("\\| `(\\w+)` \\| [^|]* \\| (\\d+) \\| ([^|]*) \\|");

    private final Template template;
    private final List<String> lines;

    ReadmeTest() throws IOException {
        template = new Template();
        lines = Files.readAllLines(Path.of("README.md"));
    }

    /** An interactive zsh takes a comment for arguments. */
    @Test
    void commandsHaveNoComments() {
        assertThat(commands()).isNotEmpty().noneMatch(line -> COMMENT.matcher(line).find());
    }

    @Test
    void outputsThatCommandsReadAreThoseOfTheStack() {
        List<String> read = commands().stream()
                .flatMap(line -> OUTPUT.matcher(line).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(template.map("Outputs").keySet()).containsAll(read);
        assertThat(read).contains("Step1PutProviderKeys", "Step2ReadClientKey", "Step3Call");
    }

    @Test
    void parametersHaveTheDefaultsAndTheRangesThatAreTold() {
        Map<String, MatchResult> told = lines.stream()
                .flatMap(line -> PARAMETER.matcher(line).results())
                .filter(row -> template.map("Parameters").containsKey(row.group(1)))
                .collect(Collectors.toMap(row -> row.group(1), row -> row));

        assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(numbers());
        assertThat(told).allSatisfy((name, row) -> {
            Map<String, Object> parameter = template.map("Parameters." + name);
            assertThat(row.group(2)).isEqualTo(parameter.get("Default").toString());
            assertThat(row.group(3)).isEqualTo(range(parameter));
        });
    }

    private List<String> numbers() {
        return template.map("Parameters")
                .keySet()
                .stream()
                .filter(name -> template.text("Parameters." + name + ".Type").equals("Number"))
                .toList();
    }

    private static String range(Map<String, Object> parameter) {
        return parameter.get("AllowedValues") instanceof List<?> values
                ? values.stream().map(Object::toString).collect(Collectors.joining(", "))
                : parameter.get("MinValue") + " to " + parameter.get("MaxValue");
    }

    /** The lines of all blocks of shell commands. */
    private List<String> commands() {
        List<String> commands = new ArrayList<>();
        boolean within = false;
        for (String line : lines) {
            if (line.strip().startsWith("```")) {
                within = line.strip().equals("```sh");
            } else if (within) {
                commands.add(line);
            }
        }
        return commands;
    }
}
