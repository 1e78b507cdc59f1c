package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.state.ScriptedStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Timeout;

/** A dispatcher for the rules that lie at the edges of one request. Every random number is one half. */
@Timeout(20)
abstract class RequestRulesFixture {

    static final long START = 1_795_000_020_000_000_000L;

    final SteppedTime time = new SteppedTime(START);
    final ScriptedUpstream upstream = new ScriptedUpstream();
    final FixedKeys keys = new FixedKeys();
    final ScriptedStore store = new ScriptedStore();
    final List<DispatchEvent> events = new ArrayList<>();
    RandomGenerator random = () -> Long.MIN_VALUE; // nextDouble() is 0.5

    /** Has one call made there by another instance. */
    void fill(String name, long perMinute) throws InterruptedException {
        assertThat(dispatch(pool(even(name, perMinute)))).isInstanceOf(DispatchResult.Answered.class);
    }

    static Endpoint open(String name) {
        return Endpoints.openAi(name, Endpoints.unlimited());
    }

    static Endpoint even(String name, long perMinute) {
        return Endpoints.openAi(name, Endpoints.requests(Pacing.EVEN, perMinute));
    }

    static Endpoint weighted(String name, double weight, long perMinute) {
        return Endpoints.endpoint(name, Provider.OPENAI, weight,
                perMinute == 0 ? Endpoints.unlimited() : Endpoints.requests(Pacing.EVEN, perMinute));
    }

    static Pool pool(Endpoint... endpoints) {
        return Endpoints.pool(endpoints);
    }

    Dispatcher dispatcher(Pool pool) {
        return dispatcher(pool, keys);
    }

    Dispatcher dispatcher(Pool pool, ApiKeys keys) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    DispatchResult dispatch(Pool pool) throws InterruptedException {
        return dispatch(dispatcher(pool));
    }

    DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        return dispatcher.dispatch(request(), Deadline.in(Duration.ofSeconds(28), time));
    }

    static ModelRequest request() {
        return request("");
    }

    static ModelRequest request(String fields) {
        String body = "{\"model\":\"chat\"," + fields + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8))).request();
    }

    static void assertDeclined(DispatchResult result, int status) {
        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Declined.class, declined -> assertThat(declined.error().status()).isEqualTo(status));
    }
}
