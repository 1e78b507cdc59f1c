package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
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
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A dispatcher with clocks that are stepped and providers that are scripted; what it did is read from its events. */
abstract class DispatcherFixture {

    static final long START = 1_800_000_000_000_000_000L;
    static final Limits NO_LIMITS = Endpoints.unlimited();

    final SteppedTime time = new SteppedTime(START);
    final ScriptedUpstream upstream = new ScriptedUpstream();
    final FixedKeys keys = new FixedKeys();
    final ScriptedStore store = new ScriptedStore();
    final Random random = new Random(11);
    final List<DispatchEvent> events = new ArrayList<>();

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

    static void assertDeclined(
            DispatchResult result, int status, @Nullable String code) {
        assertThat(result).isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
            assertThat(declined.error().status()).isEqualTo(status);
            assertThat(declined.error().code()).isEqualTo(code);
        });
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

    static Limits perMinute(long requests) {
        return Endpoints.requests(Pacing.EVEN, requests);
    }

    static Pool pool(Endpoint... endpoints) {
        return Endpoints.pool(endpoints);
    }

    Dispatcher dispatcher(Pool pool) {
        return new Dispatcher(pool, store, upstream, keys, time, random, events::add);
    }

    DispatchResult dispatch(Pool pool) throws InterruptedException {
        return dispatch(dispatcher(pool));
    }

    DispatchResult dispatch(Dispatcher dispatcher) throws InterruptedException {
        return dispatcher.dispatch(request("chat", ""), deadline(28));
    }

    Deadline deadline(long seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), time);
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
