package ailb.pool;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Endpoints and limits for tests; all serve the model {@code chat}. */
public final class Endpoints {

    private Endpoints() {}

    public static Limits limits(Pacing pacing, Map<LimitKind, Long> amounts) {
        return new LimitsBuilder(pacing, amounts).build();
    }

    public static Limits requests(Pacing pacing, long perMinute) {
        return limits(pacing, Map.of(LimitKind.REQUESTS_PER_MINUTE, perMinute));
    }

    public static Limits unlimited() {
        return limits(Pacing.BUCKET, Map.of());
    }

    public static Endpoint openAi(String name, Limits limits) {
        return endpoint(name, Provider.OPENAI, 1, limits);
    }

    public static Endpoint anthropic(String name, Limits limits) {
        return endpoint(name, Provider.ANTHROPIC, 1, limits);
    }

    public static Endpoint endpoint(String name, Provider provider, double weight, Limits limits) {
        return new EndpointBuilder(name).provider(provider).weight(weight).limits(limits).build();
    }

    /** The same endpoint, for these operations only. */
    public static Endpoint serving(Endpoint endpoint, Operation... operations) {
        return EndpointBuilder.like(endpoint).operations(Set.of(operations)).build();
    }

    /** An endpoint without limits. */
    public static Endpoint priced(String name, @Nullable Price price) {
        return priced(name, price, unlimited());
    }

    public static Endpoint priced(String name, @Nullable Price price, Limits limits) {
        return new EndpointBuilder(name).limits(limits).price(price).build();
    }

    public static Pool pool(Settings settings, Endpoint... endpoints) {
        return new Pool(List.of(endpoints), settings);
    }

    public static Pool pool(Endpoint... endpoints) {
        return pool(Settings.DEFAULT, endpoints);
    }
}
