package ailb.dispatch.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.aws.CheckedThenWritten;
import ailb.aws.DynamoStateStore;
import ailb.aws.LocalDynamo;
import ailb.health.Breaker;
import ailb.history.Clients;
import ailb.history.Linearizability;
import ailb.history.Operation;
import ailb.history.SequentialObject;
import ailb.history.SequentialObject.Done;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Usage;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Eight instances, each with a permit issuer and an outcome recorder of its own, on one item in DynamoDB: whatever they write at once, the
 * item goes from state to state as the update evaluated in memory says, one write after the other. Reads are left out:
 * they may be stale.
 */
@Timeout(120)
@ResourceLock(LocalDynamo.LOCK)
class AdmissionHistoryTest {

    private static final int INSTANCES = 8;
    private static final int CALLS = 40;
    private static final long SEED = 20261125;
    private static final long START = 1_795_000_020_000_000_000L;
    private static final Duration LEASE = Duration.ofSeconds(35);

    private static final SequentialObject<EndpointState, ConditionalUpdate, UpdateResult> ITEM = (state, update) -> {
        if (!update.allowedBy(state)) {
            return new Done<>(state, new UpdateResult.Rejected(state));
        }
        EndpointState changed = update.applyTo(state);
        return new Done<>(changed, new UpdateResult.Applied(changed));
    };

    private final Endpoint endpoint = Endpoints.openAi(
            "history-" + UUID.randomUUID(),
            Endpoints.limits(
                    Pacing.SMOOTH,
                    Map.of(LimitKind.REQUESTS_PER_MINUTE, 6_000L, LimitKind.TOKENS_PER_MINUTE, 500_000L)));
    private final Pool pool = Endpoints.pool(endpoint);
    private final SteppedTime time = SteppedTime.withoutSleep(START);

    @Test
    void admissionsAndReportsOfEightInstancesAreLinearizable() throws Exception {
        List<Operation<ConditionalUpdate, UpdateResult>> history = historyOn(LocalDynamo.client(), CALLS);

        assertThat(unexplained(history)).as("seed %d", SEED).isEmpty();
        assertThat(history).as("all wanted to begin the item, and one could")
                .filteredOn(operation -> operation.output().orElse(null) instanceof UpdateResult.Rejected)
                .hasSizeGreaterThanOrEqualTo(INSTANCES - 1);
        assertThat(history).as("writes whose answer was lost")
                .filteredOn(operation -> operation.output().isEmpty())
                .hasSize(INSTANCES);
    }

    @Test
    void writesThatAreNotAtomicAreFoundOut() throws Exception {
        DynamoDbClient broken = CheckedThenWritten.twoAtOnce(LocalDynamo.client());

        assertThat(unexplained(historyOn(broken, 1))).isNotEmpty();
    }

    private static List<Operation<ConditionalUpdate, UpdateResult>> unexplained(
            List<Operation<ConditionalUpdate, UpdateResult>> history) {
        return Linearizability.unexplained(EndpointState.EMPTY, ITEM, history);
    }

    private List<Operation<ConditionalUpdate, UpdateResult>> historyOn(DynamoDbClient client, int calls)
            throws Exception {
        StateStore store = new DynamoStateStore(client, LocalDynamo.TABLE);
        Clients<ConditionalUpdate, UpdateResult> clients = new Clients<>(INSTANCES);
        return clients.run(number -> {
            Instance instance = new Instance(new Noted(clients, store, number % 2 == 0), new Random(SEED + number));
            for (int call = 0; call < calls; call++) {
                instance.call();
            }
        });
    }

    private final class Instance {

        private final RandomGenerator random;
        private final PoolView view;
        private final PermitIssuer issuer;
        private final OutcomeRecorder recorder;

        Instance(StateStore store, RandomGenerator random) {
            this.random = random;
            this.view = new PoolView(pool, store, time, _ -> {});
            this.issuer = new PermitIssuer(pool, store, view, time, _ -> {});
            this.recorder = new OutcomeRecorder(
                    new Breaker(pool.settings().health()), store, view, time, random, _ -> {});
        }

        void call() {
            time.pass(Duration.ofMillis(random.nextInt(20)));
            Breaker.Access access = Breaker.access(view.state(endpoint), time.now(), false);
            if (access == Breaker.Access.DENIED) {
                time.pass(Duration.ofSeconds(1));
                view.refresh();
            } else if (issuer.admit(new AdmissionRequest(endpoint, new Demand(100, 100), Priority.INTERACTIVE, access,
                    Duration.ofSeconds(5).toNanos(),
                    LEASE)) instanceof AdmissionResult.Granted(List<Permit> permits, _)) {
                permits.forEach(this::end);
            }
        }

        private void end(Permit permit) {
            Optional<FailureClass> failure =
                    random.nextInt(3) > 0 ? Optional.empty() : Optional.of(FailureClass.SERVER);
            ProviderReply reply = failure.isEmpty()
                    ? new ProviderReply.Answer(new byte[0], new Usage(90, random.nextInt(100), 0, 0), List.of())
                    : new ProviderReply.Failure(
                            failure.get(), 0, new byte[0], "", true, Optional.empty(), Optional.empty(), List.of());
            CallOutcome outcome = new CallOutcome(
                    permit, issuer.admission(endpoint, Priority.INTERACTIVE), reply, Duration.ofSeconds(2).toNanos(),
                    permit.slot(), OptionalLong.empty(), false, Deadline.NONE);
            if (recorder.record(new OutcomeUpdate(List.of(outcome)), Optional.empty(), Deadline.NONE,
                    false) instanceof OutcomeRecorder.Counted(EndpointState recorded)) {
                recorder.judge(permit, recorded, failure, 0);
            }
        }
    }

    /** One instance's way to the store: what it writes is noted, and its third write gets no answer. */
    private static final class Noted implements StateStore {

        private static final int LOST = 3;

        private final Clients<ConditionalUpdate, UpdateResult> clients;
        private final StateStore store;
        private final boolean lostIsMade;
        private int writes;

        Noted(Clients<ConditionalUpdate, UpdateResult> clients, StateStore store, boolean lostIsMade) {
            this.clients = clients;
            this.store = store;
            this.lostIsMade = lostIsMade;
        }

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            return store.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            writes++;
            return clients.perform(
                    update,
                    () -> writes == LOST ? lost(endpoint, update) : store.update(endpoint, update),
                    result -> !(result instanceof UpdateResult.Unknown));
        }

        private UpdateResult lost(String endpoint, ConditionalUpdate update) {
            return new UpdateResult.Unknown(lostIsMade ? "after " + store.update(endpoint, update) : "before");
        }
    }
}
