package ailb.lambda;

import ailb.pool.Pool;
import java.time.Duration;
import java.util.Map;

/**
 * What the template tells the function behind the REST API through its environment.
 *
 * @param table name of the table that holds the shared state
 * @param providerKeysSecret ARN of the secret with the providers' keys
 * @param clientKeysSecret ARN of the secret with the clients' keys
 * @param adminKeysSecret ARN of the secret with the admin's keys
 * @param batchQueue URL of the queue of batches
 * @param resultsKept how long batches and their results are kept, whole days
 * @param longestAnswer from when the gateway took the request, whole minutes
 * @param padding bytes of comment at the start of a stream
 * @param stack name of the stack, for metrics
 * @param poolFile a file, or a resource of the artifact, that describes the pool
 */
record FunctionSettings(
        String table,
        String providerKeysSecret,
        String clientKeysSecret,
        String adminKeysSecret,
        String batchQueue,
        Duration resultsKept,
        Duration longestAnswer,
        int padding,
        String stack,
        String poolFile) {

    /** @throws IllegalStateException naming the variable that is missing, or wrong */
    static FunctionSettings of(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        return new FunctionSettings(
                variables.required("TABLE_NAME"),
                variables.required("PROVIDER_KEYS_SECRET"),
                variables.required("CLIENT_KEYS_SECRET"),
                variables.required("ADMIN_KEYS_SECRET"),
                variables.required("BATCH_QUEUE_URL"),
                variables.days("RESULTS_DAYS"),
                Duration.ofMinutes(variables.number("ANSWER_MINUTES", 10, 1, 14)),
                variables.number("STREAM_PADDING_BYTES", 0, 0, 65_536),
                variables.stack(),
                variables.poolFile());
    }

    /** @throws IllegalStateException when there is no such file */
    Pool pool() {
        return Variables.pool(poolFile);
    }
}
