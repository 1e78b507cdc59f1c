package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.port.Upstream;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.error.ApiError;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.ScriptedStore;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A dispatcher with clocks that are stepped and providers that are scripted; what it did is read from its events. */
abstract class DispatcherFixture {

    static final long START = 1_800_000_000_000_000_000L;
    static final Limits NO_LIMITS = Endpoints.unlimited();

    /** Has {@code nextDouble()} be one half each time. */
    static final RandomGenerator HALF = () -> Long.MIN_VALUE;

    final SteppedTime time = new SteppedTime(START);
    final ScriptedUpstream upstream = new ScriptedUpstream();
    final FixedKeys keys = new FixedKeys();
    ScriptedStore store = new ScriptedStore();
    final List<DispatchEvent> events = Collections.synchronizedList(new ArrayList<>());
    RandomGenerator random;

    DispatcherFixture() {
        this(new Random(11));
    }

    DispatcherFixture(RandomGenerator random) {
        this.random = random;
    }

    int countOf(String endpoint) {
        return (int) upstream.calls().stream().filter(endpoint::equals).count();
    }

    EndpointState state(String endpoint) {
        return store.state(endpoint);
    }

    /** Has the item show that so many calls a second were admitted in the last half minute. */
    void loaded(String endpoint, long perSecond) {
        long epoch = Math.floorDiv(time.now(), Window.LENGTH.toNanos()) - 1;
        WindowSlot slot = Attribute.WINDOW.get((int) Math.floorMod(epoch, 2L));
        store.change(
                endpoint,
                ConditionalUpdate.builder()
                        .put(slot.epoch(), epoch)
                        .put(slot.admitted(), perSecond * Window.LENGTH.toSeconds()));
    }

    static void assertDeclined(DispatchResult result, int status, @Nullable String code) {
        assertThat(result).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(status);
            assertThat(declined.error().code()).isEqualTo(code);
        });
    }

    static void assertDeclined(DispatchResult result, int status) {
        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Declined.class, declined -> assertThat(declined.error().status()).isEqualTo(status));
    }

    static void assertAnswered(DispatchResult result) {
        assertThat(result).isInstanceOf(DispatchResult.Answered.class);
    }

    /** What the caller is told. */
    static ApiError told(DispatchResult result) {
        return ((DispatchResult.Declined) result).error();
    }

    static Endpoint openAi(String name) {
        return Endpoints.openAi(name, NO_LIMITS);
    }

    static Endpoint openAi(String name, Limits limits) {
        return Endpoints.openAi(name, limits);
    }

    static Endpoint even(String name, long perMinute) {
        return openAi(name, perMinute(perMinute));
    }

    /** @param perMinute 0 for no limit */
    static Endpoint weighted(String name, double weight, long perMinute) {
        return Endpoints.endpoint(name, Provider.OPENAI, weight, perMinute == 0 ? NO_LIMITS : perMinute(perMinute));
    }

    static Limits perMinute(long requests) {
        return Endpoints.requests(Pacing.EVEN, requests);
    }

    static Pool pool(Endpoint... endpoints) {
        return Endpoints.pool(endpoints);
    }

    Dispatcher dispatcher(Pool pool) {
        return dispatcher(pool, upstream);
    }

    Dispatcher dispatcher(Pool pool, Upstream upstream) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    Dispatcher dispatcher(Pool pool, ApiKeys keys) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    DispatchResult dispatch(Pool pool) throws InterruptedException {
        return dispatch(dispatcher(pool));
    }

    DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        return dispatcher.dispatch(request(), deadline(28));
    }

    /** Has another instance make one call there. */
    void fill(String name, long perMinute) throws InterruptedException {
        assertAnswered(dispatch(pool(even(name, perMinute))));
    }

    Deadline deadline(long seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), time);
    }

    static ModelRequest request() {
        return request("");
    }

    static ModelRequest request(String fields) {
        return request("chat", fields);
    }

    static ModelRequest request(String model, String fields) {
        return request(model, fields, "Hi");
    }

    static ModelRequest request(String model, String fields, String prompt) {
        String body = """
                {"model":"%s",%s"messages":[{"role":"user","content":"%s"}]}""".formatted(model, fields, prompt);
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8))).request();
    }
}
