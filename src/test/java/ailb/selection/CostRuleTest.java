package ailb.selection;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Price;
import ailb.state.EndpointState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostRuleTest {

    private static final Demand CALL = new Demand(1000, 500);

    private static final Endpoint ONE = endpoint("one", 1);
    private static final Endpoint TWO = endpoint("two", 2);
    private static final Endpoint TEN = endpoint("ten", 10);
    private static final Endpoint UNPRICED = Endpoints.priced("unpriced", null);

    /** (1/1)^k, (1/2)^k and (1/10)^k, none below 0.1. */
    @ParameterizedTest
    @CsvSource({"0, 1, 1", "0.5, 0.7071067811865476, 0.31622776601683794", "1, 0.5, 0.1", "2, 0.25, 0.1", "7, 0.1, 0.1"
    })
    void aDearEndpointGetsLessTheHigherTheExponent(double exponent, double two, double ten) {
        assertThat(factors(new CostRule(CALL, exponent), List.of(TEN, ONE, TWO))).containsExactly(ten, 1, two);
    }

    /** 1,000 in and 500 out: 1 x 1,000 + 8 x 500 = 5,000 against 3 x 1,000 + 4 x 500 = 5,000; 100 in: 4,100, 2,300. */
    @Test
    void pricesAreComparedByWhatTheCallWouldCost() {
        Endpoint dearOutput = Endpoints.priced("dear-output", new Price(1, 8));
        Endpoint dearInput = Endpoints.priced("dear-input", new Price(3, 4));
        List<Endpoint> both = List.of(dearOutput, dearInput);

        assertThat(factors(new CostRule(CALL, 1), both)).containsExactly(1, 1);
        assertThat(new CostRule(CALL, 1).cheapest(both)).isEqualTo(both);
        assertThat(factors(new CostRule(new Demand(100, 500), 1), both)).containsExactly(2300.0 / 4100, 1);
        assertThat(new CostRule(new Demand(100, 500), 1).cheapest(both)).containsExactly(dearInput);
    }

    @Test
    void anEndpointWithoutAPriceIsNotHeldBackAndLeavesTheOthersTheirDifferences() {
        assertThat(factors(new CostRule(CALL, 1), List.of(UNPRICED, TWO, ONE))).containsExactly(1, 0.5, 1);
        assertThat(factors(new CostRule(CALL, 1), List.of(UNPRICED, UNPRICED))).containsExactly(1, 1);
    }

    @Test
    void anEndpointWithoutAPriceIsTheCheapest() {
        assertThat(new CostRule(CALL, 1).cheapest(List.of(ONE, UNPRICED, TWO))).containsExactly(UNPRICED);
        assertThat(new CostRule(CALL, 1).cheapest(List.of())).isEmpty();
    }

    @Test
    void theFactorIsPartOfTheScore() {
        List<Candidate> candidates =
                List.of(new Candidate(TWO, EndpointState.EMPTY), new Candidate(ONE, EndpointState.EMPTY));

        assertThat(new Selection(true).scores(candidates, new CostRule(CALL, 1), 0)).containsExactly(0.5, 1);
        assertThat(new Selection(false).scores(candidates, CostRule.NONE, 0)).containsExactly(1, 1);
    }

    private static Endpoint endpoint(String name, double perMillion) {
        return Endpoints.priced(name, new Price(perMillion, perMillion));
    }

    private static double[] factors(CostRule rule, List<Endpoint> endpoints) {
        double[] factors = new double[endpoints.size()];
        Arrays.fill(factors, 1);
        rule.weigh(endpoints.stream().map(endpoint -> new Candidate(endpoint, EndpointState.EMPTY)).toList(), factors);
        return factors;
    }
}
