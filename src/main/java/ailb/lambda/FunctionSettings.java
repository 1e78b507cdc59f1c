package ailb.lambda;

import ailb.pool.Pool;
import java.time.Duration;

/**
 * The environment variables of both functions.
 *
 * @param table name of the table with the shared state and the batches
 * @param providerKeysSecret ARN of the secret with the providers' keys
 * @param batchQueue URL of the queue of batches
 * @param resultsKept how long batches and their results are kept, whole days
 * @param stack name of the stack, for metrics
 * @param poolFile a file, or a resource of the artifact, that describes the pool
 */
record FunctionSettings(
        String table,
        String providerKeysSecret,
        String batchQueue,
        Duration resultsKept,
        String stack,
        String poolFile) {

    /** @throws IllegalStateException naming the variable that is missing, or wrong */
    static FunctionSettings of(Variables variables) {
        return new FunctionSettings(
                variables.required("TABLE_NAME"),
                variables.required("PROVIDER_KEYS_SECRET"),
                variables.required("BATCH_QUEUE_URL"),
                variables.days("RESULTS_DAYS"),
                variables.stack(),
                variables.poolFile());
    }

    /** @throws IllegalStateException when there is no such file */
    Pool pool() {
        return Variables.pool(poolFile);
    }
}
