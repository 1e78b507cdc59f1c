package ailb.lambda;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What functions have asked AWS for, in the words of a role. A function is known by the access key it signs with. */
final class AwsCalls {

    private static final Pattern ACCESS_KEY = Pattern.compile("Credential=([^/]+)/");

    private record Call(String accessKey, String permission) {}

    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /**
     * @param target the header {@code X-Amz-Target}
     * @param authorization the header of that name
     * @param resource its id in the template
     */
    void add(String target, String authorization, String resource) {
        Matcher accessKey = ACCESS_KEY.matcher(authorization);
        if (!accessKey.find()) {
            throw new IllegalArgumentException("not signed: " + authorization);
        }
        calls.add(new Call(accessKey.group(1), action(target) + " " + resource));
    }

    /** Permission to do one thing is permission to do many at once, but for DynamoDB's reads. */
    private static String action(String target) {
        String name = target.substring(target.indexOf('.') + 1);
        return switch (target.substring(0, target.indexOf('.'))) {
            case "AmazonSQS" -> "sqs:" + name.replaceFirst("Batch$", "");
            case "DynamoDB_20120810" -> "dynamodb:" + name;
            case "secretsmanager" -> "secretsmanager:" + name;
            default -> throw new IllegalArgumentException("no service of ours: " + target);
        };
    }

    /** What was called with this key, as {@link Template#permissions} has it. */
    Set<String> of(String accessKey) {
        return calls.stream()
                .filter(call -> call.accessKey().equals(accessKey))
                .map(Call::permission)
                .collect(Collectors.toSet());
    }
}
