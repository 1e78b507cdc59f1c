package ailb.bench;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.lambda.RenewableRandom;
import ailb.lambda.Wiring;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.port.ApiKeys;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.state.InMemoryStateStore;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What is measured: endpoints whose limits are far away, so that nobody waits, and the state in memory. */
final class Pools {

    /** The client key that callers bring. */
    static final String KEY = "a-client-key-for-measuring-only";

    private Pools() {}

    static List<Endpoint> endpoints(int count, Provider provider, URI baseUrl) {
        Limits limits = Endpoints.limits(
                Pacing.BUCKET,
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 1_000_000_000L, LimitKind.TOKENS_PER_MINUTE, 1_000_000_000_000L));
        return IntStream.range(0, count)
                .mapToObj(number -> new EndpointBuilder("endpoint-" + number)
                        .provider(provider)
                        .baseUrl(baseUrl)
                        .modelId("model")
                        .apiKey("key")
                        .limits(limits)
                        .price(null)
                        .build())
                .toList();
    }

    static Api api(List<Endpoint> endpoints, Upstream upstream, TimeSource time) {
        RandomGenerator random = RenewableRandom.quick();
        Pool pool = new Pool(endpoints, Settings.DEFAULT);
        return Wiring.api(
                pool,
                new InMemoryStateStore(),
                upstream,
                new OneKey(),
                new CallerKeys(new FixedClientKeys(Map.of("default", KEY)), FixedClientKeys.NONE),
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, random),
                Duration.ofDays(7),
                time,
                random,
                RenewableRandom.secure(),
                AnswerLimits.NONE,
                () -> {},
                _ -> {});
    }

    private static final class OneKey implements ApiKeys {

        @Override
        public Lookup get(String name) {
            return new ApiKey("a-provider-key");
        }

        @Override
        public Lookup refresh(String name, ApiKey refused) {
            return refused;
        }
    }
}
