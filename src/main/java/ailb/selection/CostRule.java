package ailb.selection;

import ailb.admission.Demand;
import ailb.pool.Endpoint;
import ailb.pool.Price;
import java.util.List;

/**
 * How the prices of endpoints tell in the choice among them. They are compared by what one and the same call would cost
 * at each. An endpoint without a price counts as free.
 *
 * @param call the call: the request's prompt, and an answer of usual length
 * @param exponent how strongly the cheaper ones are preferred, 0 for not at all
 */
public record CostRule(Demand call, double exponent) {

    /** Prices make no difference. */
    public static final CostRule NONE = new CostRule(new Demand(0, 0), 0);

    /** However dear, an endpoint keeps a share, so that the cheap ones do not stand alone when they fail. */
    private static final double LEAST_FACTOR = 0.1;

    /**
     * Multiplies each candidate's score by {@code clamp((cheapest / own)^exponent, 0.1, 1)}. The cheapest is that of those
     * that cost anything: beside a free one all prices are infinitely dear, and the least of them would be no better than
     * the greatest.
     */
    void weigh(List<Candidate> candidates, double[] scores) {
        if (exponent == 0) {
            return;
        }
        double cheapest = candidates.stream()
                .mapToDouble(candidate -> cost(candidate.endpoint()))
                .filter(cost -> cost > 0)
                .min()
                .orElse(0);
        for (int i = 0; i < scores.length; i++) {
            double own = cost(candidates.get(i).endpoint());
            if (own > cheapest) {
                scores[i] *= Math.max(LEAST_FACTOR, Math.pow(cheapest / own, exponent));
            }
        }
    }

    /** Those of the endpoints at which the call costs least; a free one is cheaper than any other. */
    public List<Endpoint> cheapest(List<Endpoint> endpoints) {
        double least = endpoints.stream().mapToDouble(this::cost).min().orElse(0);
        return endpoints.stream().filter(endpoint -> cost(endpoint) <= least).toList();
    }

    private double cost(Endpoint endpoint) {
        Price price = endpoint.price();
        return price == null ? 0 : price.nanoDollars(call.inputTokens(), call.outputTokens());
    }
}
