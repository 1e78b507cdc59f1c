package ailb.pool;

import java.net.URI;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

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

    public static Pool pool(Endpoint... endpoints) {
        return new Pool(List.of(endpoints), Settings.DEFAULT);
    }
}
