package ailb.api;

import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.pool.Price;
import ailb.state.EndpointState;
import ailb.stats.DayBudget;
import ailb.stats.EndpointStatistics;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pool's prices and spend, which only the admin sees. */
final class PoolCosts {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PoolCosts() {}

    /**
     * Adds the day's budget, and to each endpoint its price and spend.
     *
     * @param body the pool's body from {@link Bodies#pool}
     */
    static ObjectNode addTo(ObjectNode body, Pool pool, Function<Endpoint, EndpointState> states, long now) {
        List<Endpoint> endpoints = pool.endpoints();
        body.set(
                "budget",
                budget(DayBudget.of(pool.settings().routing().cost(), endpoints.stream().map(states), now)));
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            ObjectNode node = (ObjectNode) body.path("endpoints").path(i);
            node.set("price", price(endpoint.price()));
            node.put("spent_today_usd",
                    EndpointStatistics.of(endpoint, states.apply(endpoint), now).spentToday() / 1e9);
        }
        return body;
    }

    private static ObjectNode budget(DayBudget budget) {
        ObjectNode node = JSON.objectNode();
        OptionalDouble limit = budget.cost().budget();
        node.set(
                "usd_per_day",
                limit.isPresent()
                        ? JSON.numberNode(limit.getAsDouble())
                        : JSON.nullNode());
        return node.put("spent_today_usd", budget.spent() / 1e9).put("exponent", Bodies.rounded(budget.exponent()));
    }

    /** In the format of pool.json. */
    private static JsonNode price(@Nullable Price price) {
        return price == null
                ? JSON.nullNode()
                : JSON.objectNode()
                        .put("input_per_million", price.inputPerMillion())
                        .put("output_per_million", price.outputPerMillion());
    }
}
