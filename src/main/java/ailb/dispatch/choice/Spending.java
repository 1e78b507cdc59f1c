package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.dispatch.fallback.DispatchContext;
import ailb.pool.BudgetPolicy;
import ailb.pool.Endpoint;
import ailb.pool.Settings;
import ailb.pool.TokenAccounting;
import ailb.protocol.ModelRequest;
import ailb.selection.CostRule;
import ailb.stats.DayBudget;
import ailb.stats.MeanAnswer;
import ailb.stats.Window;
import java.util.List;

/** What prices and the day's spend mean for one request, as far as this instance knows them. */
final class Spending {

    private final DispatchContext context;
    private final ModelRequest request;
    private final Settings.Cost cost;

    Spending(DispatchContext context, ModelRequest request) {
        this.context = context;
        this.request = request;
        this.cost = context.pool().settings().routing().cost();
    }

    /** Whether the budget is used up and no calls may be made until the next day. */
    boolean refuses() {
        return cost.atBudget() == BudgetPolicy.REFUSE && budget().isUsedUp();
    }

    /** The endpoints that may still be called: all of them, or only the cheapest once the budget is used up. */
    List<Endpoint> affordable(List<Endpoint> endpoints) {
        return switch (cost.atBudget()) {
            case REFUSE -> endpoints; // where it refuses, it refuses the request whatever the endpoint
            case CHEAPEST ->
                budget().isUsedUp() ? new CostRule(typicalCall(endpoints), 0).cheapest(endpoints) : endpoints;
        };
    }

    /** How prices count in the choice among the endpoints. */
    CostRule rule(List<Endpoint> endpoints) {
        double exponent = budget().exponent();
        return exponent == 0 ? CostRule.NONE : new CostRule(typicalCall(endpoints), exponent);
    }

    private DayBudget budget() {
        return cost.budget().isEmpty()
                ? new DayBudget(cost, 0)
                : DayBudget.of(
                        cost,
                        context.pool().endpoints().stream().map(context.view()::state),
                        context.time().now());
    }

    /**
     * This prompt, with an answer as long as the mean of these endpoints. All prices are compared for the same call:
     * the tokens an endpoint admits it on depend on its token accounting, which changes no price.
     */
    private Demand typicalCall(List<Endpoint> endpoints) {
        long now = context.time().now();
        List<Window> windows = endpoints.stream()
                .map(endpoint -> Window.of(context.view().state(endpoint), now))
                .toList();
        return Demand.estimate(TokenAccounting.ESTIMATE, request.promptCharacters(), request.maxTokens(),
                request.answers(), MeanAnswer.of(windows));
    }
}
