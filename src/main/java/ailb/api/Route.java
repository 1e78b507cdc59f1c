package ailb.api;

import ailb.batch.Caller;
import ailb.port.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What can be asked for, how, and who answers.
 *
 * @param method the one it takes; HEAD goes with GET
 * @param path its segments; one in braces stands for any that is not empty, and one like {@code {name...}} at the end for
 *     all that are left
 */
record Route(String method, List<String> path, Answer answer) {

    /** Who is answered, and with what. */
    sealed interface Answer {}

    /** Anybody. */
    record Open(Supplier<ApiAnswer> answer) implements Answer {}

    /** Callers who bring a key. */
    record WithKey(Function<Call, ApiAnswer> answer) implements Answer {}

    /**
     * @param parameters what the segments in braces stand for, in order
     * @param id of the request
     */
    record Call(ApiRequest request, List<String> parameters, Deadline deadline, String id, Caller caller) {}

    static Route open(String method, String path, Supplier<ApiAnswer> answer) {
        return new Route(method, segments(path), new Open(answer));
    }

    static Route withKey(String method, String path, Function<Call, ApiAnswer> answer) {
        return new Route(method, segments(path), new WithKey(answer));
    }

    static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    boolean takes(String asked) {
        return method.equals(asked) || (method.equals("GET") && asked.equals("HEAD"));
    }

    /** The parameters in a path; empty where the path is another. */
    Optional<List<String>> parameters(List<String> given) {
        List<String> asked = path.getLast().endsWith("...}") ? joined(given) : given;
        if (asked.size() != path.size()) {
            return Optional.empty();
        }
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i).startsWith("{") && !asked.get(i).isEmpty()) {
                parameters.add(asked.get(i));
            } else if (!path.get(i).equals(asked.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }

    private List<String> joined(List<String> given) {
        int last = Math.min(path.size(), given.size()) - 1;
        List<String> asked = new ArrayList<>(given.subList(0, last));
        asked.add(String.join("/", given.subList(last, given.size())));
        return asked;
    }
}
