package ailb.stats;

import ailb.state.Attribute;
import ailb.state.WindowSlot;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The mean length of recent answers, in output tokens. */
public final class MeanAnswer {

    private MeanAnswer() {}

    /** The mean of the window's answers; empty with fewer than {@link Latency#ENOUGH} of them. */
    public static OptionalDouble of(Window window) {
        return of(List.of(window));
    }

    /** The mean over the answers of several endpoints. */
    public static OptionalDouble of(Collection<Window> windows) {
        double answers = sum(windows, WindowSlot::successes);
        return answers < Latency.ENOUGH
                ? OptionalDouble.empty()
                : OptionalDouble.of(sum(windows, WindowSlot::outputTokens) / answers);
    }

    private static double sum(Collection<Window> windows, Function<WindowSlot, Attribute> field) {
        return windows.stream().mapToDouble(window -> window.sum(field)).sum();
    }
}
