package ailb.lambda;

import ailb.pool.Pool;
import ailb.settings.PoolFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Reads the environment variables of a function. */
record Variables(Map<String, String> environment) {

    private static final String PACKAGED_POOL = "pool.json";

    /** @throws IllegalStateException naming the variable, when it is missing */
    String required(String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "The environment variable " + name + " is not set; template.yaml sets it.");
        }
        return value;
    }

    /**
     * Whole days, 1 to 9,999.
     *
     * @throws IllegalStateException naming the variable, when it is missing or something else
     */
    Duration days(String name) {
        String value = required(name);
        if (!value.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalStateException("The environment variable " + name + " is '" + value
                    + "'; it must be a number of days, 1 to 9999.");
        }
        return Duration.ofDays(Integer.parseInt(value));
    }

    /**
     * A whole number.
     *
     * @param otherwise where the variable is not set
     * @throws IllegalStateException naming the variable, when it is something else or out of bounds
     */
    int number(String name, int otherwise, int least, int most) {
        String value = environment.getOrDefault(name, Integer.toString(otherwise));
        int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
        if (number < least || number > most) {
            throw new IllegalStateException("The environment variable " + name + " is '" + value
                    + "'; it must be a whole number, " + least + " to " + most + ".");
        }
        return number;
    }

    /** The name of the stack. */
    String stack() {
        return environment.getOrDefault("STACK_NAME", "ai-load-balancer");
    }

    /** A file, or a resource of the artifact, that describes the pool. */
    String poolFile() {
        return environment.getOrDefault("POOL_FILE", PACKAGED_POOL);
    }

    /** @throws IllegalStateException when there is no such file */
    static Pool pool(String file) {
        try (InputStream packaged = Variables.class.getResourceAsStream("/" + file)) {
            byte[] json = packaged != null ? packaged.readAllBytes() : Files.readAllBytes(Path.of(file));
            return PoolFile.parse(json);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "POOL_FILE names '" + file + "', which is neither in the artifact nor a file.", e);
        }
    }
}
