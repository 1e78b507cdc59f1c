package ailb.runtime;

import java.util.Map;

/**
 * The function's settings from Lambda's environment variables. A variable that is not set is an empty string.
 *
 * @param memoryMegabytes 0 where it is not set
 * @param concurrency maximum number of concurrent invocations, 1 or more
 */
record FunctionEnvironment(
        String handler,
        String name,
        String version,
        String logGroup,
        String logStream,
        int memoryMegabytes,
        int concurrency,
        boolean snapStart) {

    /** @throws IllegalArgumentException if a value is not a valid number; the message names the variable */
    static FunctionEnvironment of(Map<String, String> variables) {
        return new FunctionEnvironment(
                variables.getOrDefault("_HANDLER", ""),
                variables.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", ""),
                variables.getOrDefault("AWS_LAMBDA_FUNCTION_VERSION", ""),
                variables.getOrDefault("AWS_LAMBDA_LOG_GROUP_NAME", ""),
                variables.getOrDefault("AWS_LAMBDA_LOG_STREAM_NAME", ""),
                number(variables, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0),
                number(variables, "AWS_LAMBDA_MAX_CONCURRENCY", 1),
                "snap-start".equals(variables.get("AWS_LAMBDA_INITIALIZATION_TYPE")));
    }

    private static int number(Map<String, String> variables, String name, int otherwise) {
        String value = variables.get(name);
        if (value == null || value.isEmpty()) {
            return otherwise;
        }
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(
                    name + " must be a whole number from 1 to 999999999; it is '" + value + "'.");
        }
        return Integer.parseInt(value);
    }
}
