package ailb.protocol.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** HTTP headers by lower-case name. */
public record Headers(Map<String, String> values) {

    public static final Headers NONE = new Headers(Map.of());

    public Headers {
        Map<String, String> lowerCase = new LinkedHashMap<>();
        values.forEach((name, value) -> lowerCase.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        values = Map.copyOf(lowerCase);
    }

    /** Headers of a reply: the first value of a repeated header counts. */
    public static Headers ofLists(Map<String, List<String>> lists) {
        Map<String, String> first = new LinkedHashMap<>();
        lists.forEach((name, list) -> {
            if (!list.isEmpty()) {
                first.putIfAbsent(name, list.getFirst());
            }
        });
        return new Headers(first);
    }

    /** Headers of a request: the values of a repeated header are joined into one list, as API Gateway does. */
    public static Headers joined(Map<String, List<String>> lists) {
        Map<String, String> joined = new LinkedHashMap<>();
        lists.forEach((name, list) -> joined.put(name, String.join(",", list)));
        return new Headers(joined);
    }

    /** The header's value. {@code name} may be in upper or lower case. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Names only: values may be keys. */
    @Override
    public String toString() {
        return "Headers" + values.keySet();
    }
}
