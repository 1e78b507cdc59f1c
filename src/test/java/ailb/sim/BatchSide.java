package ailb.sim;

import ailb.batch.Batch;
import ailb.batch.BatchQueue;
import ailb.batch.BatchQueueException;
import ailb.batch.BatchStore;
import ailb.batch.BatchStoreException;
import ailb.batch.Claim;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.batch.LineKey;
import ailb.batch.LineResult;
import ailb.batch.QueueMessage;
import ailb.lambda.Handlers;
import ailb.protocol.wire.ProviderRequest;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A batch that workers do besides the requests, fed from a queue as Lambda feeds them. */
final class BatchSide {

    private static final long SECOND = Enforcement.SECOND;
    private static final String ID = "b";
    private static final Duration VISIBILITY = Duration.ofMinutes(30);
    private static final Duration INVOCATION = Duration.ofMinutes(5);
    static final Duration KEPT = Duration.ofDays(30);
    private static final long PATIENCE = Duration.ofDays(2).toNanos();
    private static final int AT_ONCE = 10;
    private static final Pattern LINE = Pattern.compile("line (\\d{6}) ");

    private final Simulation time;
    private final Course course;
    private final Faults faults;
    private final Offences offences;
    private final InMemoryBatchStore records = new InMemoryBatchStore();
    private final InMemoryBatchQueue queue;
    private final Map<LineKey, LineResult> recorded = new HashMap<>();
    private final Map<String, Simulation.Life> underWay = new HashMap<>();
    private int busy;

    BatchSide(Simulation time, Random random, Course course, Faults faults, Offences offences) {
        this.time = time;
        this.course = course;
        this.faults = faults;
        this.offences = offences;
        this.queue = new InMemoryBatchQueue(time, random);
    }

    /** The line that a call is for; empty where it is for none. */
    static Optional<String> line(ProviderRequest request) {
        Matcher line = LINE.matcher(new String(request.body(), StandardCharsets.UTF_8));
        return line.find() ? Optional.of(line.group(1)) : Optional.empty();
    }

    /** Puts the batch on the queue, and has workers look for it. */
    void begin(World world, Function<Simulation.Life, Instance> instances, Function<Long, Simulation.Life> lives) {
        if (course.lines() == 0) {
            return;
        }
        String input = IntStream.range(0, course.lines())
                .mapToObj(line -> "{\"custom_id\":\"c" + line
                        + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                        + Size.USUAL.body("line %06d ".formatted(line), false) + "}\n")
                .collect(Collectors.joining());
        byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
        records.create(
                Batch.submitted(ID, Optional.of("default"), course.lines(), bytes.length, time.now(),
                        time.now() + KEPT.toNanos()),
                bytes);
        queue.send(List.of("{\"expand\":\"" + ID + "\"}"), Duration.ZERO);
        for (int i = 0; i < 2; i++) {
            time.at(time.now() + i * SECOND, () -> poll(world, instances, lives));
        }
    }

    private void poll(World world, Function<Simulation.Life, Instance> instances, Function<Long, Simulation.Life> lives)
            throws InterruptedException {
        Instance instance = instances.apply(Simulation.Life.endless());
        long pause = SECOND;
        long end = course.start() + PATIENCE;
        while (time.now() < end && (queue.size() > 0 || busy > 0)) {
            List<QueueMessage> messages = queue.receive(AT_ONCE, VISIBILITY);
            if (messages.isEmpty()) {
                long due = queue.nextDue().orElse(Long.MAX_VALUE) - time.now();
                time.sleep(Math.clamp(due, SECOND / 1000, pause));
                pause = Math.min(60 * SECOND, 2 * pause);
                continue;
            }
            pause = SECOND;
            if (isReordered(messages)) {
                faults.count(Fault.REORDERED_MESSAGES);
            }
            messages.stream()
                    .filter(message -> message.receives() == 1 && faults.strikes(Fault.DUPLICATE_MESSAGE, 0.2))
                    .forEach(message -> queue.hide(message, Duration.ZERO));
            Simulation.Life life = lives.apply(400L);
            instance.lives(life);
            if (!isDone(world, instance, life, messages)) {
                instance = instances.apply(Simulation.Life.endless());
            }
        }
    }

    private static boolean isReordered(List<QueueMessage> messages) {
        List<String> lines = messages.stream()
                .map(message -> LINE.matcher(message.body()))
                .filter(Matcher::find)
                .map(line -> line.group(1))
                .toList();
        return !lines.equals(lines.stream().sorted().toList());
    }

    /** Whether the worker is alive afterwards. */
    private boolean isDone(World world, Instance instance, Simulation.Life life, List<QueueMessage> messages)
            throws InterruptedException {
        busy++;
        RequestHandler<SQSEvent, SQSBatchResponse> worker = instance.worker(
                proxy(world, BatchStore.class, records, instance), proxy(world, BatchQueue.class, queue, instance));
        Optional<Set<String>> kept = time.live(
                life,
                () -> worker.handleRequest(event(messages), Handlers.within(INVOCATION))
                        .getBatchItemFailures()
                        .stream()
                        .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
                        .collect(Collectors.toSet()));
        busy--;
        if (kept.isEmpty()) {
            return false;
        }
        for (QueueMessage message : messages) {
            if (!kept.get().contains(message.id()) || world.leftOut().isOff(Rule.MESSAGES_STAY_TILL_DONE)) {
                offences.check(isSafe(message), Invariant.MESSAGE_NOT_LOST, message::body);
                queue.delete(message);
            }
        }
        return true;
    }

    /** As Lambda hands messages over. */
    private static SQSEvent event(List<QueueMessage> messages) {
        SQSEvent event = new SQSEvent();
        event.setRecords(messages.stream().map(message -> {
            SQSEvent.SQSMessage record = new SQSEvent.SQSMessage();
            record.setMessageId(message.id());
            record.setReceiptHandle(message.receipt());
            record.setBody(message.body());
            record.setAttributes(Map.of(
                    "ApproximateReceiveCount", Integer.toString(message.receives()),
                    "SentTimestamp", Long.toString(Duration.ofNanos(message.sent()).toMillis())));
            return record;
        }).toList());
        return event;
    }

    /** Whether nothing is lost with this message: its work is done, or a copy of it is on the queue. */
    private boolean isSafe(QueueMessage message) {
        Batch batch = records.find(ID, time.now()).orElseThrow();
        Matcher line = LINE.matcher(message.body());
        boolean done = line.find()
                ? recorded.containsKey(new LineKey(ID, Integer.parseInt(line.group(1))))
                : batch.status().isOver() || batch.cursor().line() == batch.total();
        return done || queue.holdsAnother(message);
    }

    /** The real thing a way off: a call may get lost there and back. */
    private <T> T proxy(World world, Class<T> port, T target, Instance instance) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port}, (_, method, arguments) -> {
            time.sleep(SECOND / 500);
            lost(port, instance);
            Object result = invoke(method, target, arguments);
            if (result instanceof Claim && world.leftOut().isOff(Rule.LINES_ARE_CLAIMED)) {
                result = new Claim.Held(0, 0);
            }
            note(method.getName(), arguments, result, instance);
            time.sleep(SECOND / 500);
            lost(port, instance);
            return result;
        }));
    }

    private void lost(Class<?> port, Instance instance) throws InterruptedException {
        if (faults.strikes(Fault.LOST_BATCH_CALL, 0.01)) {
            instance.letGo++; // it may have been a claim
            time.sleep(SECOND / 4);
            IllegalStateException cause = new IllegalStateException("lost");
            throw port == BatchStore.class
                    ? new BatchStoreException("lost", cause)
                    : new BatchQueueException("lost", cause);
        }
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void note(String method, Object[] arguments, Object result, Instance instance) {
        if (result instanceof Claim claim
                && !(claim instanceof Claim.Held(_, int expiredClaims) && expiredClaims == 0)) {
            instance.letGo++;
        }
        if (method.equals("finish") && (boolean) result) {
            LineResult outcome = (LineResult) arguments[2];
            LineResult first = recorded.putIfAbsent((LineKey) arguments[0], outcome);
            offences.check(
                    first == null || Arrays.equals(first.json(), outcome.json()),
                    Invariant.LINE_HAS_ONE_OUTCOME,
                    () -> arguments[0] + " has another outcome");
        }
    }

    /** A call for a line begins. */
    void calls(Optional<String> line, Simulation.Life life) {
        line.ifPresent(name -> {
            Simulation.Life other = underWay.put(name, life);
            offences.check(
                    other == null || other.isOver() || other.frozenFor() > 0 || life.frozenFor() > 0,
                    Invariant.LINE_HELD_BY_ONE,
                    () -> "line " + name);
        });
    }

    void called(Optional<String> line, Simulation.Life life) {
        line.ifPresent(name -> underWay.remove(name, life));
    }

    /** What can be told only at the end. */
    void check() {
        if (course.lines() == 0) {
            return;
        }
        Batch batch = records.find(ID, time.now()).orElseThrow();
        Set<Integer> lines = new HashSet<>();
        records.results(batch, 0, 1000, Long.MAX_VALUE).forEach(result -> lines.add(result.line()));
        offences.check(
                lines.size() == Math.min(1000, course.lines()),
                Invariant.LINE_HAS_ONE_OUTCOME,
                () -> lines.size() + " outcomes of " + course.lines() + " lines");
        offences.check(queue.size() == 0, Invariant.MESSAGE_NOT_LOST, () -> queue.size() + " left");
    }
}
