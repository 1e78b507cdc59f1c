package ailb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSettingsTest {

    @Test
    void nothingNeedsToBeSet() throws Exception {
        assertThat(of(Map.of()))
                .isEqualTo(new LocalSettings(8080, Optional.empty(), Optional.empty(), "local",
                        "000000000000000a000000000000000a", LocalSettings.State.DYNAMODB));
    }

    @Test
    void whatIsSetToNothingIsNotSet() throws Exception {
        assertThat(
                of(Map.of("PORT", "", "POOL_FILE", " ", "KEYS_FILE", "", "CLIENT_KEY", "", "ADMIN_KEY", "",
                        "STATE", "")))
                .isEqualTo(of(Map.of()));
    }

    /** Whoever can call it could use the keys of real providers. */
    @Test
    void withAPoolOfOnesOwnTheClientKeyIsARandomOne() throws Exception {
        LocalSettings settings = LocalSettings.of(Map.of("POOL_FILE", "pool.json"), new SecureRandom());

        assertThat(settings.clientKey()).matches("[0-9a-f]{32}").isNotEqualTo(settings.adminKey());
        assertThat(LocalSettings.of(Map.of("POOL_FILE", "pool.json"), new SecureRandom()).clientKey())
                .isNotEqualTo(settings.clientKey());
        assertThat(of(Map.of("POOL_FILE", "pool.json", "CLIENT_KEY", "mine")).clientKey()).isEqualTo("mine");
    }

    @Test
    void everythingCanBeSet() throws Exception {
        Map<String, String> environment = Map.of(
                "PORT", "9000", "POOL_FILE", "pool.json", "KEYS_FILE", "/etc/keys.json", "CLIENT_KEY", "s3cret",
                "ADMIN_KEY", "s3cret-too", "STATE", "memory");

        LocalSettings settings = of(environment);

        assertThat(settings)
                .isEqualTo(new LocalSettings(9000, Optional.of(Path.of("pool.json")),
                        Optional.of(Path.of("/etc/keys.json")), "s3cret", "s3cret-too",
                        LocalSettings.State.MEMORY));
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "PORT       | http   | PORT must be a number from 0 to 65535, not \"http\"",
        "PORT       | 65536  | PORT must be a number from 0 to 65535, not \"65536\"",
        "PORT       | -1     | PORT must be a number from 0 to 65535, not \"-1\"",
        "PORT       | 8080.0 | PORT must be a number from 0 to 65535, not \"8080.0\"",
        "PORT       | `9\u001b[2J` | PORT must be a number from 0 to 65535, not \"9?[2J\"",
        "STATE      | redis  | STATE must be dynamodb or memory, not \"redis\"",
        "STATE      | MEMORY | STATE must be dynamodb or memory, not \"MEMORY\"",
        "POOL_FILE  | `a\u0000b` | POOL_FILE must be the path of a file, not \"a?b\"",
        "KEYS_FILE  | `a\u0000b` | KEYS_FILE must be the path of a file, not \"a?b\"",
        "CLIENT_KEY | `a b`  | CLIENT_KEY must be ASCII without spaces",
        "ADMIN_KEY  | `a b`  | ADMIN_KEY must be ASCII without spaces"})
    void aBadSettingIsRefusedInOneLineThatSaysWhatIsAllowed(String name, String value, String message) {
        assertThatThrownBy(() -> of(Map.of(name, value)))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    /** With a source of randomness that always gives 10. */
    private static LocalSettings of(Map<String, String> environment) throws BadSettingException {
        return LocalSettings.of(environment, () -> 10);
    }
}
