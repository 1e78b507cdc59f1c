package ailb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.port.ApiKeys;
import ailb.port.ApiKeys.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysFileTest {

    private final List<String> warnings = new ArrayList<>();

    @TempDir private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("keys.json");
        Files.writeString(file, "{\"first\":\"key-1\",\"second\":\"key-2\"}");
    }

    @Test
    void hasTheKeysOfTheFile() throws Exception {
        ApiKeys keys = open();

        assertThat(keys.get("first")).isEqualTo(new ApiKey("key-1"));
        assertThat(keys.get("second")).isEqualTo(new ApiKey("key-2"));
    }

    @Test
    void aChangedFileIsReadAgain() throws Exception {
        ApiKeys keys = open();

        Files.writeString(file, "{\"first\":\"another key\"}".replace(' ', '-'));

        assertThat(keys.get("first")).isEqualTo(new ApiKey("another-key"));
        assertThat(keys.get("second")).isInstanceOf(ApiKeys.Missing.class);
    }

    @Test
    void aFilePutInThePlaceOfTheOldOneIsRead() throws Exception {
        ApiKeys keys = open();
        FileTime modified = Files.getLastModifiedTime(file);
        Path other = directory.resolve("other.json");
        Files.writeString(other, "{\"first\":\"KEY-1\",\"second\":\"KEY-2\"}");
        Files.setLastModifiedTime(other, modified);

        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(keys.get("first")).isEqualTo(new ApiKey("KEY-1"));
    }

    @Test
    void aRefusedKeyIsLookedUpAnewThoughTheFileLooksTheSame() throws Exception {
        ApiKeys keys = open();
        FileTime modified = Files.getLastModifiedTime(file);
        Files.writeString(file, "{\"first\":\"KEY-1\",\"second\":\"key-2\"}");
        Files.setLastModifiedTime(file, modified);

        assertThat(keys.refresh("first", new ApiKey("key-1"))).isEqualTo(new ApiKey("KEY-1"));
        assertThat(keys.refresh("first", new ApiKey("key-1"))).isEqualTo(new ApiKey("KEY-1"));
        assertThat(keys.refresh("second", new ApiKey("key-2"))).isEqualTo(new ApiKey("key-2"));
    }

    @Test
    void aMissingKeyIsNamedWithTheFileItBelongsIn() throws Exception {
        assertThat(open().get("third"))
                .isEqualTo(
                        new ApiKeys.Missing(
                                "There is no API key named 'third': put \"third\": \"<the key>\" into " + file
                                        + ", the file KEYS_FILE names; no restart is needed."));
    }

    @Test
    void keysAreKnownFromElsewhereToo() throws Exception {
        ApiKeys keys = KeysFile.open(
                file, new BuiltInKeys(Map.of("first", "built-in", "third", "built-in")), warnings::add);

        assertThat(keys.get("first")).isEqualTo(new ApiKey("key-1"));
        assertThat(keys.get("third")).isEqualTo(new ApiKey("built-in"));
    }

    @Test
    void whileTheFileIsBrokenTheKeysReadLastStayInUse() throws Exception {
        ApiKeys keys = open();

        Files.writeString(file, "{\"first\":\"half-a-k");
        assertThat(keys.get("first")).isEqualTo(new ApiKey("key-1"));
        assertThat(keys.refresh("first", new ApiKey("key-1"))).isEqualTo(new ApiKey("key-1"));
        assertThat(warnings).singleElement().asString().contains("is not a JSON object").doesNotContain("half-a-k");

        Files.delete(file);
        assertThat(keys.get("first")).isEqualTo(new ApiKey("key-1"));
        assertThat(warnings).hasSize(2);

        Files.writeString(file, "{\"first\":\"a-whole-key\"}");
        assertThat(keys.get("first")).isEqualTo(new ApiKey("a-whole-key"));
        assertThat(warnings).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key-1", "[\"key-1\"]", "{\"first\":\"key-1\"} {}", "{\"first\":17}",
        "{\"first\":null}",
        "{\"first\":\"\"}", "{\"first\":\"key 1\"}", "{\"first\":\"key-1\\n\"}", "{\"first\":{\"a\":\"key-1\"}}"})
    void aFileThatIsNoMapOfKeysIsRefusedWithoutShowingThem(String content) throws Exception {
        Files.writeString(file, content);

        assertThatThrownBy(this::open)
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith("KEYS_FILE: ")
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("key-1")
                .hasMessageNotContaining("\n");
    }

    @Test
    void noKeyIsPrinted() throws Exception {
        assertThat(open().toString() + new BuiltInKeys(Map.of("first", "key-1")) + new OneClientKey("default", "key-1"))
                .doesNotContain("key-1");
    }

    private ApiKeys open() throws BadSettingException {
        return KeysFile.open(file, new BuiltInKeys(Map.of()), warnings::add);
    }
}
