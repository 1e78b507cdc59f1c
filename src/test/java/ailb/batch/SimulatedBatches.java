package ailb.batch;

import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import ailb.sim.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Workers on a stepped clock that are fed from a queue as Lambda feeds them: so many messages at a time, those not
 * returned are deleted, and where the invocation dies all come again when they have been hidden long enough.
 */
final class SimulatedBatches {

    static final long SECOND = Duration.ofSeconds(1).toNanos();
    static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    /** The start of a window's epoch. */
    static final long EPOCH = 1_800_000_000_000_000_000L;

    /** As in template.yaml. */
    private static final Duration VISIBILITY = Duration.ofMinutes(30);
    /** The function's timeout, less what its handler keeps back. */
    private static final Duration INVOCATION = Duration.ofSeconds(298);

    private static final Duration KEPT = Duration.ofDays(30);
    private static final Pattern LINE = Pattern.compile("line ([\\w-]+/\\d+) ");

    final Simulation time = new Simulation(EPOCH);
    final Random random;
    final SlowStateStore state = new SlowStateStore(time);
    final SlowBatchStore store = new SlowBatchStore(time);
    final SlowBatchQueue queue;
    final List<Call> calls = new ArrayList<>();
    final List<Told> told = new ArrayList<>();
    final List<Simulation.Life> invocations = new ArrayList<>();
    final List<String> offences = new ArrayList<>();

    private final Pool pool;
    private final Providers providers;
    private final Set<String> called = new HashSet<>();
    private ApiKeys keys = new FixedKeys();
    private int workers = 1;
    private int atOnce = 10;
    private boolean twice;
    private long patience = SECOND;
    private IntToLongFunction lastAwait = _ -> Long.MAX_VALUE;
    private long end = EPOCH + Duration.ofDays(2).toNanos();
    private Duration invocation = INVOCATION;
    private int busy;

    SimulatedBatches(long seed, Pool pool, Providers providers) {
        this.random = new Random(seed);
        this.pool = pool;
        this.providers = providers;
        this.queue = new SlowBatchQueue(time, new InMemoryBatchQueue(time, random));
    }

    /** What the providers do with a call: they take their time on the simulated clock. */
    interface Providers {
        Upstream.Result call(SimulatedBatches batches, Call call) throws InterruptedException;
    }

    /**
     * @param line the batch and the number, with a stroke between; empty for a call that is of no line
     * @param at nanoseconds since the start
     */
    record Call(String endpoint, String line, long at, Duration timeout) {}

    /** @param at nanoseconds since the start */
    record Told(long at, DispatchEvent event) {}

    SimulatedBatches workers(int number, int messagesAtOnce) {
        workers = number;
        atOnce = messagesAtOnce;
        return this;
    }

    /** What time an invocation has. */
    SimulatedBatches lasting(Duration each) {
        invocation = each;
        return this;
    }

    SimulatedBatches keys(ApiKeys those) {
        keys = those;
        return this;
    }

    /** The first time it is handed out a message is not hidden, and so it comes again at once. */
    SimulatedBatches deliveringTwice() {
        twice = true;
        return this;
    }

    /** A worker without messages looks for some after this time at most, growing from 1 s. */
    SimulatedBatches lookingEvery(Duration most) {
        patience = most.toNanos();
        return this;
    }

    /** @param awaits at which of its awaits an invocation dies, by its number from 0 */
    SimulatedBatches killing(IntToLongFunction awaits) {
        lastAwait = awaits;
        return this;
    }

    /** No messages are handed out from then on. */
    SimulatedBatches until(Duration sinceTheStart) {
        end = EPOCH + sinceTheStart.toNanos();
        return this;
    }

    /** A batch of lines that each say which they are. */
    SimulatedBatches submit(String id, int lines) {
        return submit(id, IntStream.range(0, lines).mapToObj(line -> body(id, line)).toList());
    }

    SimulatedBatches submit(String id, List<String> bodies) {
        StringBuilder input = new StringBuilder();
        for (int line = 0; line < bodies.size(); line++) {
            input.append("{\"custom_id\":\"custom-")
                    .append(line)
                    .append("\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":")
                    .append(bodies.get(line))
                    .append("}\n");
        }
        byte[] bytes = input.toString().getBytes(StandardCharsets.UTF_8);
        long now = time.now();
        store.records.create(
                Batch.submitted(id, Optional.of("default"), bodies.size(), bytes.length, now, now + KEPT.toNanos()),
                bytes);
        queue.messages.send(List.of("{\"expand\":\"" + id + "\"}"), Duration.ZERO);
        return this;
    }

    static String body(String batch, int line) {
        return "{\"model\":\"chat\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"line " + batch
                + "/"
                + line + " \"}]}";
    }

    /** Puts a message on the queue. */
    SimulatedBatches send(String body) {
        queue.messages.send(List.of(body), Duration.ZERO);
        return this;
    }

    /** At a moment of the simulation. */
    SimulatedBatches at(Duration sinceTheStart, Simulation.Task task) {
        time.at(EPOCH + sinceTheStart.toNanos(), task);
        return this;
    }

    /** Runs until the queue is empty, or for two days if nothing else was set. */
    SimulatedBatches run() {
        for (int i = 0; i < workers; i++) {
            time.at(EPOCH + (long) (SECOND * random.nextDouble()), this::poll);
        }
        time.run();
        return this;
    }

    /** The batch as it is at last, where somebody looks after it when all is quiet. */
    Batch batchAtLast(String id) {
        long later = time.now() + Duration.ofMinutes(2).toNanos();
        Batch batch = store.records.find(id, later).orElseThrow();
        new BatchCompletion(store.records).whenQuiet(batch, later);
        return store.records.find(id, later).orElseThrow();
    }

    List<LineResult> results(String id) {
        Batch batch = store.records.find(id, time.now()).orElseThrow();
        return store.records.results(batch, 0, batch.total(), Long.MAX_VALUE);
    }

    List<String> resultLines(String id) {
        return results(id).stream().map(result -> new String(result.json(), StandardCharsets.UTF_8)).toList();
    }

    /** Invocations that died. */
    long deaths() {
        return invocations.stream().filter(Simulation.Life::isOver).count();
    }

    /** Nanoseconds since the start. */
    long elapsed() {
        return time.now() - EPOCH;
    }

    /** An instance of the function, with nothing in it yet. */
    Dispatcher instance() {
        return new Dispatcher(pool, state, this::call, keys, time, random,
                event -> told.add(new Told(elapsed(), event)));
    }

    private BatchProcessor worker() {
        return new BatchProcessor(pool, instance(), store, queue, time, time, random, KEPT, ReplyBudget.unlimited());
    }

    private void poll() throws InterruptedException {
        BatchProcessor worker = worker();
        long pause = SECOND;
        while (time.now() < end) {
            List<QueueMessage> messages = queue.messages.receive(atOnce, VISIBILITY);
            if (!messages.isEmpty()) {
                pause = SECOND;
                if (twice) {
                    messages.stream().filter(message -> message.receives() == 1).forEach(this::unhide);
                }
                worker = invoke(worker, messages) ? worker : worker();
            } else if (queue.messages.size() == 0 && busy == 0) {
                return;
            } else {
                long due = queue.messages.nextDue().orElse(Long.MAX_VALUE) - time.now();
                time.sleep(Math.clamp(due, MILLISECOND, pause));
                pause = Math.min(patience, 2 * pause);
            }
        }
    }

    private void unhide(QueueMessage message) {
        queue.messages.hide(message, Duration.ZERO);
    }

    /** Whether the worker is alive afterwards. */
    private boolean invoke(BatchProcessor worker, List<QueueMessage> messages) throws InterruptedException {
        Simulation.Life life = Simulation.Life.until(lastAwait.applyAsLong(invocations.size()));
        invocations.add(life);
        busy++;
        long began = time.now();
        Optional<Set<String>> kept =
                time.live(life, () -> worker.process(messages, Deadline.in(invocation, time)));
        busy--;
        if (time.now() - began > invocation.toNanos() + SECOND) {
            offences.add("an invocation took " + Duration.ofNanos(time.now() - began));
        }
        if (kept.isPresent()) {
            List<String> ids = messages.stream().map(QueueMessage::id).toList();
            if (!ids.containsAll(kept.get())) {
                offences.add("returned a message it was not handed");
            }
            messages.stream().filter(message -> !kept.get().contains(message.id())).forEach(queue.messages::delete);
        }
        return kept.isPresent();
    }

    private Upstream.Result call(ProviderRequest request, Duration timeout) throws InterruptedException {
        Matcher line = LINE.matcher(new String(request.body(), StandardCharsets.UTF_8));
        String host = request.uri().getHost();
        Call call =
                new Call(host.substring(0, host.indexOf('.')), line.find() ? line.group(1) : "", elapsed(), timeout);
        calls.add(call);
        time.sleep(0);
        if (!call.line().isEmpty() && store.isRecorded(call.line())) {
            offences.add("called for a line that has its outcome: " + call);
        }
        if (!call.line().isEmpty() && !called.add(call.line())) {
            offences.add("called for a line while another call for it is under way: " + call);
        }
        try {
            return providers.call(this, call);
        } finally {
            called.remove(call.line());
        }
    }
}
