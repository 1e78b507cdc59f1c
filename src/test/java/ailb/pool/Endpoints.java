package ailb.pool;

import java.net.URI;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Endpoints and limits for tests; all serve the model {@code chat}. */
public final class Endpoints {

    private Endpoints() {}

    public static Limits limits(Pacing pacing, Map<LimitKind, Long> amounts) {
        return new Limits(
                amounts,
                pacing,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                TokenAccounting.ESTIMATE,
                ZoneOffset.UTC);
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
        return new Endpoint(
                name,
                provider,
                URI.create("https://" + name + ".example/v1"),
                "model-of-" + name,
                List.of("chat"),
                "key-of-" + name,
                weight,
                limits,
                new Price(1, 2));
    }

    /** The same endpoint, for these operations only. */
    public static Endpoint serving(Endpoint endpoint, Operation... operations) {
        return new Endpoint(
                endpoint.name(),
                endpoint.provider(),
                endpoint.baseUrl(),
                endpoint.modelId(),
                endpoint.models(),
                Set.of(operations),
                endpoint.apiKey(),
                endpoint.weight(),
                endpoint.limits(),
                endpoint.price());
    }

    /** An endpoint without limits. */
    public static Endpoint priced(String name, @Nullable Price price) {
        return priced(name, price, unlimited());
    }

    public static Endpoint priced(String name, @Nullable Price price, Limits limits) {
        Endpoint like = openAi(name, limits);
        return new Endpoint(
                name,
                like.provider(),
                like.baseUrl(),
                like.modelId(),
                like.models(),
                like.apiKey(),
                like.weight(),
                limits,
                price);
    }

    /** A pool in which calls may cost this. */
    public static Pool pool(Settings.Cost cost, Endpoint... endpoints) {
        Settings.Routing routing = Settings.DEFAULT.routing();
        return new Pool(
                List.of(endpoints),
                new Settings(
                        Settings.DEFAULT.retries(),
                        Settings.DEFAULT.health(),
                        new Settings.Routing(
                                routing.maxWait(), routing.retryAfterCap(), routing.latency(), routing.localShare(),
                                cost),
                        Settings.DEFAULT.batches()));
    }

    public static Pool pool(Endpoint... endpoints) {
        return new Pool(List.of(endpoints), Settings.DEFAULT);
    }
}
