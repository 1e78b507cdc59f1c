package ailb.sim;

import java.util.List;

/**
 * What was taken of a limit.
 *
 * @param units less than 0 where they were given back
 */
record Taken(long moment, double units) {

    /**
     * The most that was given back within so many nanoseconds.
     *
     * @param refunds by the moment
     */
    static double mostGivenBack(List<Taken> refunds, long length) {
        double sum = 0;
        double most = 0;
        int first = 0;
        for (Taken refund : refunds) {
            sum -= refund.units;
            for (; refunds.get(first).moment < refund.moment - length; first++) {
                sum += refunds.get(first).units;
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    /**
     * The most that any period held beyond what time alone allows, all periods at once: from the i-th on to the j-th it is
     * what was taken up to the j-th, less what had been taken before the i-th, each less what time alone allows.
     *
     * @param all by the moment
     * @param interval of one unit
     */
    static double mostOver(List<Taken> all, double interval) {
        double taken = 0;
        double least = Double.MAX_VALUE;
        double most = 0;
        for (Taken one : all) {
            double allowed = (one.moment - all.getFirst().moment) / interval;
            least = Math.min(least, taken - allowed);
            taken += one.units;
            most = Math.max(most, taken - allowed - least);
        }
        return most;
    }
}
