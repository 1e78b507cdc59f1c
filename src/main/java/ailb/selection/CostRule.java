package ailb.selection;

import ailb.admission.Demand;
import ailb.pool.Endpoint;
import ailb.pool.Price;
import java.util.List;

/**
 * How prices affect the choice of an endpoint. Endpoints are compared by the cost of the same call. An endpoint without
 * a price counts as free.
 *
 * @param call the call to compare: the request's prompt and an answer of average length
 * @param exponent how strongly cheaper endpoints are preferred; 0: not at all
 */
public record CostRule(Demand call, double exponent) {

    /** Prices have no effect. */
    public static final CostRule NONE = new CostRule(new Demand(0, 0), 0);

    /** An expensive endpoint keeps a share of the calls, so that the cheap ones are not alone when they fail. */
    private static final double LEAST_FACTOR = 0.1;

    /**
     * Multiplies each candidate's score by {@code clamp((cheapest / own)^exponent, 0.1, 1)}. {@code cheapest} is the
     * lowest cost above 0: with 0 all prices would get the same factor.
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

    /** The endpoints with the lowest cost of the call; a free endpoint is the cheapest. */
    public List<Endpoint> cheapest(List<Endpoint> endpoints) {
        double least = endpoints.stream().mapToDouble(this::cost).min().orElse(0);
        return endpoints.stream().filter(endpoint -> cost(endpoint) <= least).toList();
    }

    private double cost(Endpoint endpoint) {
        Price price = endpoint.price();
        return price == null ? 0 : price.nanoDollars(call.inputTokens(), call.outputTokens());
    }
}
