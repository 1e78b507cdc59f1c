package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A changed parameter reaches the version that runs. SAM names a version by a hash of the function's properties before
 * parameters are filled in; the version's description is filled in by CloudFormation, which publishes another version
 * where it differs.
 */
class VersionTemplateTest {

    /** The longest description that Lambda takes. */
    private static final int LONGEST = 256;

    private final Template template;

    VersionTemplateTest() throws IOException {
        template = new Template();
    }

    /** Of a parameter that is not the function's, another version would equal the last, which Lambda refuses. */
    @ParameterizedTest
    @ValueSource(strings = {"ApiFunction", "BatchFunction"})
    void theDescriptionHasEveryParameterOfTheFunctionAndNoOther(String function) {
        String properties = "Resources." + function + ".Properties";
        Set<String> needed = new TreeSet<>();
        template.map(properties)
                .keySet()
                .stream()
                .filter(property -> !property.equals("Events") && !property.equals("VersionDescription"))
                .forEach(property -> needed.addAll(template.parameters(properties + "." + property)));

        assertThat(needed).contains("ResultsDays");
        assertThat(template.parameters(properties + ".VersionDescription")).isEqualTo(needed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ApiFunction", "BatchFunction"})
    void theDescriptionIsShortEnoughWithTheLongestValues(String function) {
        String description =
                (String) template.map("Resources." + function + ".Properties.VersionDescription").get("Sub");

        assertThat(template.longest(description)).doesNotContain("$").hasSizeLessThanOrEqualTo(LONGEST);
    }
}
