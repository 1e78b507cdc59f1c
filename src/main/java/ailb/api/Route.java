package ailb.api;

import ailb.batch.Caller;
import ailb.port.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A route: method, path and who answers.
 *
 * @param method the allowed method; GET includes HEAD
 * @param path its segments; one in braces matches any non-empty segment, and {@code {name...}} at the end matches all
 *     remaining segments
 */
record Route(String method, List<String> path, Answer answer) {

    /** Who may call the route, and what answers. */
    sealed interface Answer {}

    /** Open to anybody. */
    record Open(Supplier<ApiAnswer> answer) implements Answer {}

    /** Open to callers with a key. */
    record WithKey(Function<Call, ApiAnswer> answer) implements Answer {}

    /**
     * @param parameters the values of the segments in braces, in order
     * @param id the request's id
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

    /** The parameters in a path; empty if the path does not match. */
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
