package ailb.lambda;

import java.util.Map;

/**
 * The environment variables of the function behind the queue of batches.
 *
 * @param deadLetters URL of the queue for dead letters
 */
record BatchSettings(FunctionSettings shared, String deadLetters) {

    /** @throws IllegalStateException naming the variable that is missing, or wrong */
    static BatchSettings of(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        return new BatchSettings(
                FunctionSettings.of(variables), variables.required("BATCH_DEAD_LETTER_QUEUE_URL"));
    }
}
