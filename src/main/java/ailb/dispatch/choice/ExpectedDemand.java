package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.dispatch.fallback.DispatchContext;
import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Provider;
import ailb.protocol.ModelRequest;
import ailb.stats.MeanAnswer;
import ailb.stats.Window;
import java.util.OptionalLong;

/** What a request is expected to take of an endpoint's limits, going by its recent answers. */
final class ExpectedDemand {

    private final DispatchContext context;
    private final ModelRequest request;

    ExpectedDemand(DispatchContext context, ModelRequest request) {
        this.context = context;
        this.request = request;
    }

    Demand at(Endpoint endpoint) {
        Window window = Window.of(
                context.view().state(endpoint), context.time().now());
        return uncached(endpoint, Demand.estimate(
                endpoint.limits().tokenAccounting(), request.promptCharacters(), request.maxTokens(), request.answers(),
                MeanAnswer.of(window)));
    }

    /** Anthropic does not count input read from its cache. So a cached prompt may be longer than the limit. */
    private Demand uncached(Endpoint endpoint, Demand whole) {
        OptionalLong most = endpoint.limits().of(LimitKind.INPUT_TOKENS_PER_MINUTE);
        boolean fits = most.isEmpty() || whole.inputTokens() <= most.getAsLong();
        return fits || endpoint.provider() != Provider.ANTHROPIC || !request.isCached()
                ? whole
                : new Demand(most.getAsLong(), whole.outputTokens());
    }
}
