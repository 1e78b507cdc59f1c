package ailb.lambda;

import java.time.Duration;
import java.util.Map;

/**
 * The environment variables of the function behind the REST API.
 *
 * @param clientKeysSecret ARN of the secret with the clients' keys
 * @param adminKeysSecret ARN of the secret with the admin's keys
 * @param longestAnswer longest time of an answer from when the gateway took the request, whole minutes
 * @param padding bytes of comment at the start of a stream
 */
record ApiSettings(
        FunctionSettings shared,
        String clientKeysSecret,
        String adminKeysSecret,
        Duration longestAnswer,
        int padding) {

    /** @throws IllegalStateException naming the variable that is missing, or wrong */
    static ApiSettings of(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        return new ApiSettings(
                FunctionSettings.of(variables),
                variables.required("CLIENT_KEYS_SECRET"),
                variables.required("ADMIN_KEYS_SECRET"),
                Duration.ofMinutes(variables.number("ANSWER_MINUTES", 10, 1, 14)),
                variables.number("STREAM_PADDING_BYTES", 0, 0, 65_536));
    }
}
