package ailb.local;

import ailb.port.ApiKeys;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * API keys in a JSON file such as {@code {"openai-primary": "sk-..."}}, read again when the file has changed: a key is
 * put or replaced while the server runs. While the file is broken, half-written say, the keys read last stay in use.
 */
final class KeysFile implements ApiKeys {

    private static final String REMEDY =
            "Set it to a JSON file that maps names of keys to their values: {\"openai-primary\": \"<the key>\"}.";
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** How a file looks from outside; editors often put a new file in the old one's place. */
    private record Stamp(FileTime modified, long size, @Nullable Object file) {

        private static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1, null);

        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return NONE;
            }
        }
    }

    private final Path file;
    private final ApiKeys otherwise;
    private final Consumer<String> warn;
    private Stamp stamp;
    private Map<String, String> keys;

    private KeysFile(Path file, ApiKeys otherwise, Consumer<String> warn) throws BadSettingException {
        this.file = file;
        this.otherwise = otherwise;
        this.warn = warn;
        this.stamp = Stamp.of(file);
        this.keys = read(file);
    }

    /**
     * Reads the file for the first time.
     *
     * @param otherwise where keys are known from that the file does not have
     * @param warn told, as a line, when the file is broken later on
     * @throws BadSettingException when it is broken now
     */
    static KeysFile open(Path file, ApiKeys otherwise, Consumer<String> warn) throws BadSettingException {
        return new KeysFile(file, otherwise, warn);
    }

    @Override
    public synchronized Lookup get(String name) {
        if (!Stamp.of(file).equals(stamp)) {
            reload();
        }
        return lookup(name);
    }

    /** Reads the file whatever its looks: two changes within one tick of its clock look alike. */
    @Override
    public synchronized Lookup refresh(String name, ApiKey refused) {
        if (refused.value().equals(keys.get(name))) {
            reload();
        }
        return lookup(name);
    }

    private Lookup lookup(String name) {
        String value = keys.get(name);
        if (value != null) {
            return new ApiKey(value);
        }
        return switch (otherwise.get(name)) {
            case ApiKey key -> key;
            case Unavailable unavailable -> unavailable;
            case Missing _ -> new Missing("There is no API key named '" + name + "': put \"" + name
                    + "\": \"<the key>\" into " + file.toAbsolutePath()
                    + ", the file KEYS_FILE names; no restart is needed.");
        };
    }

    private void reload() {
        // Looked at before it is read: a change in between is then seen at the next look.
        Stamp before = Stamp.of(file);
        try {
            keys = read(file);
        } catch (BadSettingException e) {
            if (!before.equals(stamp)) {
                warn.accept(e.getMessage() + " Until then the keys read last stay in use.");
            }
        }
        stamp = before;
    }

    private static Map<String, String> read(Path file) throws BadSettingException {
        JsonNode root = parse(SettingFile.read("KEYS_FILE", file, REMEDY), file);
        Map<String, String> keys = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            String value = Objects.requireNonNullElse(entry.getValue().textValue(), "");
            if (!value.matches("[!-~]+")) {
                throw new BadSettingException("KEYS_FILE: the value of '" + entry.getKey() + "' in "
                        + file.toAbsolutePath() + " must be a string of printable characters without spaces.");
            }
            keys.put(entry.getKey(), value);
        }
        return Map.copyOf(keys);
    }

    private static JsonNode parse(byte[] json, Path file) throws BadSettingException {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            // Not with the parser's words: they quote what it stumbled over, which may be a key.
        }
        throw new BadSettingException("KEYS_FILE: " + file.toAbsolutePath() + " is not a JSON object. " + REMEDY);
    }

    @Override
    public String toString() {
        return "KeysFile[" + file + "]";
    }
}
