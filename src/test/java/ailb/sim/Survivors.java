package ailb.sim;

import java.util.Map;

/** Guards without which no invariant breaks, and why that is right. By name, as {@link GuardOfKind} prints it. */
final class Survivors {

    static final Map<String, String> EXPLAINED = Map.ofEntries(
            Map.entry("", ""));

    private Survivors() {}
}
