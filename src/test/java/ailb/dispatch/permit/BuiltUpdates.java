package ailb.dispatch.permit;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.TokenAccounting;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Updates as production builds them: what real permit issuers and outcome recorders of a few instances write, which see the item at
 * different times by clocks that differ, while calls end in every way.
 */
public final class BuiltUpdates {

    private static final long START = 1_795_000_000_000_000_000L;
    private static final Duration LEASE = Duration.ofSeconds(35);

    /** After so many steps an endpoint with other limits takes the place of the one before. */
    private static final int STEPS = 300;

    private final RandomGenerator random;
    private final Queue<Built> built = new ArrayDeque<>();
    private Traffic traffic;
    private int steps;

    public BuiltUpdates(RandomGenerator random) {
        this.random = random;
        this.traffic = new Traffic();
    }

    /** @param item as the update found it */
    public record Built(EndpointState item, ConditionalUpdate update) {

        /** The same update, which finds one guarded attribute at an end of its range, beside it, or absent. */
        private Built atABoundary(RandomGenerator random) {
            Guard guard = update.guards().get(random.nextInt(update.guards().size()));
            List<Long> values = new ArrayList<>();
            switch (guard) {
                case Guard.Absent _ -> values.add(0L);
                case Guard.Between(_, long low, long high) -> {
                    if (low > Long.MIN_VALUE) {
                        values.addAll(List.of(low - 1, low));
                    }
                    if (high < Long.MAX_VALUE) {
                        values.addAll(List.of(high, high + 1));
                    }
                }
            }
            Map<Attribute, Long> changed = new HashMap<>(item.values());
            int which = random.nextInt(values.size() + 1);
            if (which < values.size()) {
                changed.put(guard.attribute(), values.get(which));
            } else {
                changed.remove(guard.attribute());
            }
            return new Built(new EndpointState(changed), update);
        }
    }

    public Built next() {
        while (built.isEmpty()) {
            if (++steps % STEPS == 0) {
                traffic = new Traffic();
            }
            traffic.step();
        }
        Built next = built.remove();
        return next.update().guards().isEmpty() || random.nextBoolean() ? next : next.atABoundary(random);
    }

    /** One endpoint, three instances that call it, and what is under way. */
    private final class Traffic {

        private final Endpoint endpoint = Endpoints.openAi("built", limits());
        private final Pool pool = Endpoints.pool(endpoint);
        private final InMemoryStateStore items = new InMemoryStateStore();
        private final List<Instance> instances = List.of(
                new Instance(Duration.ZERO), new Instance(Duration.ofMillis(-500)),
                new Instance(Duration.ofMillis(50)));
        private final List<Permit> underWay = new ArrayList<>();

        void step() {
            pass(Duration.ofMillis(any(0, 1, 20, 250, 1_500, 30_000)));
            if (random.nextInt(200) == 0) {
                pass(Duration.ofHours(25));
            }
            Instance instance = any(instances);
            if (underWay.isEmpty() || random.nextInt(5) < 2) {
                instance.admit();
            } else {
                Permit permit = underWay.remove(random.nextInt(underWay.size()));
                if (random.nextInt(10) == 0) {
                    instance.recorder.abandon(permit);
                } else {
                    instance.end(permit);
                }
            }
        }

        private void pass(Duration time) {
            instances.forEach(instance -> instance.clock.pass(time));
        }

        private final class Instance {

            private final PermitIssuer issuer;
            private final OutcomeRecorder recorder;
            private final PoolView view;
            private final SteppedTime clock;

            Instance(Duration ahead) {
                this.clock = SteppedTime.withoutSleep(START + ahead.toNanos());
                StateStore store = new Noting(items, built);
                this.view = new PoolView(pool, store, clock, _ -> {});
                this.issuer = new PermitIssuer(pool, store, view, clock, _ -> {});
                this.recorder = new OutcomeRecorder(
                        new Breaker(pool.settings().health()), store, view, clock, random, _ -> {});
            }

            void admit() {
                if (random.nextInt(3) == 0) {
                    view.refresh();
                }
                EndpointState seen = view.state(endpoint);
                Breaker.Access access = Breaker.access(seen, clock.now(), random.nextInt(20) == 0);
                List<Demand> demands = Stream.generate(this::demand)
                        .limit(access == Breaker.Access.NORMAL ? random.nextInt(1, 4) : 1)
                        .toList();
                if (access != Breaker.Access.DENIED
                        && issuer.admit(new AdmissionRequest(endpoint, demands,
                                random.nextBoolean() ? Priority.INTERACTIVE : Priority.BATCH, access,
                                Duration.ofMillis(any(0, 250, 5_000)).toNanos(), LEASE,
                                0)) instanceof AdmissionResult.Granted(List<Permit> permits, _)) {
                    underWay.addAll(permits);
                }
            }

            private Demand demand() {
                return new Demand(random.nextLong(200), random.nextLong(500), random.nextInt(4) == 0);
            }

            void end(Permit permit) {
                ProviderReply reply = reply();
                Optional<FailureClass> failure = reply instanceof ProviderReply.Failure failed
                        ? Optional.of(failed.failure())
                        : Optional.empty();
                OptionalLong retryAfter = failure.equals(Optional.of(FailureClass.RATE_LIMITED))
                        ? OptionalLong.of(Duration.ofMillis(any(500, 20_000)).toNanos())
                        : OptionalLong.empty();
                CallOutcome outcome = new CallOutcome(
                        permit,
                        issuer.admission(endpoint, Priority.INTERACTIVE),
                        reply,
                        Duration.ofMillis(random.nextLong(50, 60_000)).toNanos(),
                        permit.slot(),
                        retryAfter,
                        random.nextInt(20) == 0,
                        Deadline.NONE);
                if (recorder.record(new OutcomeUpdate(List.of(outcome)), Optional.empty(), Deadline.NONE,
                        false) instanceof OutcomeRecorder.Counted(EndpointState recorded)) {
                    recorder.judge(permit, recorded, failure, random.nextLong());
                }
            }
        }
    }

    private Limits limits() {
        Map<LimitKind, Long> amounts = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            if (random.nextInt(2) == 0) {
                amounts.put(kind, kind.countsRequests() ? any(60, 1_000, 20_000) : any(5_000, 100_000));
            }
        }
        return new LimitsBuilder(any(List.of(Pacing.values())), amounts)
                .tokenAccounting(any(List.of(TokenAccounting.values())))
                .dayReset(random.nextBoolean() ? ZoneOffset.UTC : null)
                .build();
    }

    private ProviderReply reply() {
        List<Remaining> remaining = random.nextInt(4) > 0
                ? List.of()
                : List.of(new Remaining(
                        any(List.of(LimitKind.values())), any(0, 10, 1_000),
                        OptionalLong.empty(), Optional.empty()));
        if (random.nextInt(3) > 0) {
            Usage usage = new Usage(random.nextLong(400), random.nextLong(1_000), random.nextLong(100), 0);
            return new ProviderReply.Answer(new byte[0], random.nextInt(5) == 0 ? null : usage, remaining);
        }
        FailureClass failure = random.nextInt(3) > 0
                ? FailureClass.SERVER
                : any(List.of(FailureClass.values()));
        return new ProviderReply.Failure(
                failure, 0, new byte[0], "", true, Optional.empty(), Optional.empty(), remaining);
    }

    private long any(long... values) {
        return values[random.nextInt(values.length)];
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Notes every update and the item it finds. */
    private record Noting(InMemoryStateStore items, Queue<Built> built) implements StateStore {

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            return items.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            built.add(new Built(items.state(endpoint), update));
            return items.update(endpoint, update);
        }
    }
}
