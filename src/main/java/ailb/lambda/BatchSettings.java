package ailb.lambda;

import ailb.pool.Pool;
import java.time.Duration;
import java.util.Map;

/**
 * What the template tells the function that works off batches through its environment.
 *
 * @param table name of the table that holds the shared state, and batches
 * @param providerKeysSecret ARN of the secret with the providers' keys
 * @param queue URL of the queue of batches
 * @param deadLetters URL of the queue for messages that lead nowhere
 * @param resultsKept how long batches and their results are kept, whole days
 * @param stack name of the stack, for metrics
 * @param poolFile a file, or a resource of the artifact, that describes the pool
 */
record BatchSettings(
        String table,
        String providerKeysSecret,
        String queue,
        String deadLetters,
        Duration resultsKept,
        String stack,
        String poolFile) {

    /** @throws IllegalStateException naming the variable that is missing, or wrong */
    static BatchSettings of(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        return new BatchSettings(
                variables.required("TABLE_NAME"),
                variables.required("PROVIDER_KEYS_SECRET"),
                variables.required("BATCH_QUEUE_URL"),
                variables.required("BATCH_DEAD_LETTER_QUEUE_URL"),
                variables.days("RESULTS_DAYS"),
                variables.stack(),
                variables.poolFile());
    }

    /** @throws IllegalStateException when there is no such file */
    Pool pool() {
        return Variables.pool(poolFile);
    }
}
