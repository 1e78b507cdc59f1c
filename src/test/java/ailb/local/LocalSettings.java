package ailb.local;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What the environment says.
 *
 * @param port to listen at, 0 for a free one
 * @param poolFile the pool.json; empty for simulated providers
 * @param keysFile a JSON map from the names of API keys to their values
 * @param clientKey what callers bring
 * @param adminKey what brings whoever sees everything
 * @param state where the state of the endpoints is kept
 */
record LocalSettings(int port, Optional<Path> poolFile, Optional<Path> keysFile, String clientKey, String adminKey,
        State state) {

    enum State {
        DYNAMODB,
        MEMORY
    }

    private static final int HIGHEST_PORT = 65_535;
    private static final int LONGEST_ECHO = 40;

    /**
     * Reads {@code PORT}, {@code POOL_FILE}, {@code KEYS_FILE}, {@code CLIENT_KEY}, {@code ADMIN_KEY} and {@code STATE};
     * empty is unset.
     *
     * @param random what a key is made of that is not set, which nobody may foresee
     */
    static LocalSettings of(Map<String, String> environment, RandomGenerator random) throws BadSettingException {
        return new LocalSettings(
                port(value(environment, "PORT").orElse("8080")),
                path(environment, "POOL_FILE"),
                path(environment, "KEYS_FILE"),
                key("CLIENT_KEY", value(environment, "CLIENT_KEY").orElseGet(() -> clientKey(environment, random))),
                key("ADMIN_KEY", value(environment, "ADMIN_KEY").orElseGet(() -> randomKey(random))),
                state(value(environment, "STATE").orElse("dynamodb")));
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static Optional<Path> path(Map<String, String> environment, String name) throws BadSettingException {
        Optional<String> text = value(environment, name);
        try {
            return text.map(Path::of);
        } catch (InvalidPathException e) {
            throw new BadSettingException(
                    name + " must be the path of a file, not " + quoted(text.orElseThrow()) + ".");
        }
    }

    private static int port(String text) throws BadSettingException {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : HIGHEST_PORT + 1;
        if (port > HIGHEST_PORT) {
            throw new BadSettingException("PORT must be a number from 0 to 65535, not " + quoted(text)
                    + ". Set it as in: PORT=8081 ./mvnw -Plocal");
        }
        return port;
    }

    /** Calls to simulated providers cost nothing; those of a file may be real ones, with keys that others could use. */
    private static String clientKey(Map<String, String> environment, RandomGenerator random) {
        return value(environment, "POOL_FILE").isPresent() ? randomKey(random) : "local";
    }

    private static String randomKey(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }

    private static String key(String name, String text) throws BadSettingException {
        if (!text.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new BadSettingException(name + " must be ASCII without spaces, as it travels in a header."
                    + " Set it as in: " + name + "=local ./mvnw -Plocal");
        }
        return text;
    }

    private static State state(String text) throws BadSettingException {
        for (State state : State.values()) {
            if (word(state).equals(text)) {
                return state;
            }
        }
        String allowed = Arrays.stream(State.values()).map(LocalSettings::word).collect(Collectors.joining(" or "));
        throw new BadSettingException(
                "STATE must be " + allowed + ", not " + quoted(text) + ". Unset it for dynamodb.");
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        String start = text.substring(0, Math.min(text.length(), LONGEST_ECHO));
        return "\"" + start.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "LocalSettings[port=" + port + ", poolFile=" + poolFile + ", keysFile=" + keysFile + ", state=" + state
                + "]";
    }
}
