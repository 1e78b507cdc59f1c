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

    /** As a reply has them: of a repeated header the first value counts. */
    public static Headers ofLists(Map<String, List<String>> lists) {
        Map<String, String> first = new LinkedHashMap<>();
        lists.forEach((name, list) -> {
            if (!list.isEmpty()) {
                first.putIfAbsent(name, list.getFirst());
            }
        });
        return new Headers(first);
    }

    /** As a request has them: the values of a repeated header are one list, as API Gateway makes of them. */
    public static Headers joined(Map<String, List<String>> lists) {
        Map<String, String> joined = new LinkedHashMap<>();
        lists.forEach((name, list) -> joined.put(name, String.join(",", list)));
        return new Headers(joined);
    }

    /** Value of the header, whatever the case of the name asked. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Names only: values may be keys. */
    @Override
    public String toString() {
        return "Headers" + values.keySet();
    }
}
