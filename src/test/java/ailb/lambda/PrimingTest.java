package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.port.SteppedTime;
import ailb.port.Upstream;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.ScriptedStore;
import ailb.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrimingTest {

    private final Pool pool = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.unlimited()), Endpoints.anthropic("b", Endpoints.unlimited()));
    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);

    @Test
    void primingLeavesTheSharedStateAsItIs() {
        InMemoryStateStore store = new InMemoryStateStore();

        priming(store, nobody()).run();

        assertThat(store.read(List.of("a", "b", "priming")).values()).containsOnly(EndpointState.EMPTY);
    }

    @Test
    void primingCallsNoProvider() {
        List<String> hosts = new ArrayList<>();
        Upstream upstream = (request, timeout) -> {
            hosts.add(request.uri().getHost());
            return nobody().call(request, timeout);
        };

        priming(new InMemoryStateStore(), upstream).run();

        assertThat(hosts).containsExactly("127.0.0.1");
    }

    /** A request that fails is made again after a pause: what is primed is the way of one that is answered. */
    @Test
    void primingWaitsForNothing() {
        priming(new InMemoryStateStore(), nobody()).run();

        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void anInstanceWhoseStoreIsDownStartsAllTheSame() {
        ScriptedStore store = new ScriptedStore();
        store.down = true;

        priming(store, nobody()).run();
    }

    private Priming priming(StateStore store, Upstream upstream) {
        return new Priming(
                pool,
                store,
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, new Random(1)),
                upstream,
                time);
    }

    private static Upstream nobody() {
        return (_, _) -> new Upstream.Failed(FailureClass.TRANSPORT, "refused");
    }
}
