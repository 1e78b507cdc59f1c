package ailb.lambda;

import ailb.pool.Pool;
import ailb.settings.PoolFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the template tells a function through its environment.
 *
 * @param table name of the table that holds the shared state
 * @param providerKeysSecret ARN of the secret with the providers' keys
 * @param clientKeysSecret ARN of the secret with the clients' keys
 * @param poolFile a file, or a resource of the artifact, that describes the pool
 */
record FunctionSettings(String table, String providerKeysSecret, String clientKeysSecret, String poolFile) {

    private static final String PACKAGED_POOL = "pool.json";

    /** @throws IllegalStateException naming the variable that is missing */
    static FunctionSettings of(Map<String, String> environment) {
        return new FunctionSettings(
                required(environment, "TABLE_NAME"),
                required(environment, "PROVIDER_KEYS_SECRET"),
                required(environment, "CLIENT_KEYS_SECRET"),
                environment.getOrDefault("POOL_FILE", PACKAGED_POOL));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "The environment variable " + name + " is not set; template.yaml sets it.");
        }
        return value;
    }

    /** @throws IllegalStateException when there is no such file */
    Pool pool() {
        try (InputStream packaged = FunctionSettings.class.getResourceAsStream("/" + poolFile)) {
            byte[] json = packaged != null ? packaged.readAllBytes() : Files.readAllBytes(Path.of(poolFile));
            return PoolFile.parse(json);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "POOL_FILE names '" + poolFile + "', which is neither in the artifact nor a file.", e);
        }
    }
}
