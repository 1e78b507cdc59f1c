package ailb.selection;

import java.util.Arrays;
import java.util.List;

/** With what probability each of some endpoints would be chosen, for tests of other packages. */
public final class Chances {

    private Chances() {}

    /** In the order of the candidates; they add up to 1. */
    public static double[] of(List<Candidate> candidates, long now) {
        double[] scores = new Selection(true).scores(candidates, CostRule.NONE, now);
        double sum = Arrays.stream(scores).sum();
        return Arrays.stream(scores).map(score -> score / sum).toArray();
    }
}
