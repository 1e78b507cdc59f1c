package ailb.port;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.port.ApiKeys.ApiKey;
import ailb.port.ApiKeys.Missing;
import ailb.port.ApiKeys.Unavailable;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ApiKeys} does. */
@Timeout(30)
public abstract class ApiKeysContract {

    protected static final String SECRET = "sk-test-do-not-show-0123456789";
    private static final String OTHER = "sk-test-do-not-show-9876543210";

    protected abstract ApiKeys keys();

    /** Makes these all the keys there are, as a JSON object. */
    protected abstract void store(Map<String, String> keys);

    /** Makes the store of the keys unreadable. */
    protected abstract void breakStore();

    @Test
    void aKeyIsFoundUnderItsName() {
        store(Map.of("primary", SECRET, "backup", OTHER));

        assertThat(keys().get("primary")).isEqualTo(new ApiKey(SECRET));
        assertThat(keys().get("backup")).isEqualTo(new ApiKey(OTHER));
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET + "\n", SECRET + "\r\n", "  " + SECRET + "\t"})
    void whiteSpaceAroundAKeyIsNoPartOfIt(String value) {
        store(Map.of("primary", value));

        assertThat(keys().get("primary")).isEqualTo(new ApiKey(SECRET));
    }

    @Test
    void aMissingKeyComesWithARemedyThatNamesIt() {
        store(Map.of("primary", SECRET));

        assertThat(keys().get("backup")).isInstanceOfSatisfying(
                Missing.class, missing -> assertThat(missing.remedy()).contains("'backup'").doesNotContain(SECRET));
    }

    @Test
    void aMissingKeyIsFoundOnceItIsThere() {
        store(Map.of());
        assertThat(keys().get("primary")).isInstanceOf(Missing.class);

        store(Map.of("primary", SECRET));
        assertThat(keys().get("primary")).isEqualTo(new ApiKey(SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", SECRET + "\n" + OTHER, SECRET + "\u0000", "\u200b" + SECRET})
    void aKeyThatCannotBeOneIsMissingAndNotShown(String value) {
        store(Map.of("primary", value));

        assertThat(keys().get("primary")).isInstanceOfSatisfying(
                Missing.class,
                missing -> assertThat(missing.remedy())
                        .contains("'primary'")
                        .containsAnyOf("is empty", "control character")
                        .doesNotContain("do-not-show"));
    }

    @Test
    void aRefusedKeyThatHasBeenReplacedIsRenewed() {
        store(Map.of("primary", SECRET));
        ApiKey refused = (ApiKey) keys().get("primary");
        store(Map.of("primary", OTHER));

        assertThat(keys().refresh("primary", refused)).isEqualTo(new ApiKey(OTHER));
        assertThat(keys().get("primary")).isEqualTo(new ApiKey(OTHER));
    }

    @Test
    void aRefusedKeyThatStandsComesBackAsItIs() {
        store(Map.of("primary", SECRET));

        assertThat(keys().refresh("primary", new ApiKey(SECRET))).isEqualTo(new ApiKey(SECRET));
    }

    @Test
    void aRefusedKeyThatHasBeenTakenAwayIsMissing() {
        store(Map.of("primary", SECRET));
        ApiKey refused = (ApiKey) keys().get("primary");
        store(Map.of());

        assertThat(keys().refresh("primary", refused)).isInstanceOf(Missing.class);
    }

    @Test
    void withoutItsStoreNoKeyIsAvailable() {
        store(Map.of("primary", SECRET));
        breakStore();

        assertThat(keys().get("primary")).isInstanceOfSatisfying(
                Unavailable.class, unavailable -> assertThat(unavailable.cause()).isNotBlank());
    }

    @Test
    void nothingThatIsFoundPrintsItsKey() {
        store(Map.of("primary", SECRET));

        assertThat(keys().get("primary") + " " + keys()).doesNotContain("do-not-show");
    }
}
