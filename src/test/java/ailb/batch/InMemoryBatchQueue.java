package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** A queue whose messages come in an order drawn by lot, at times of a clock that may be a stepped one. */
public final class InMemoryBatchQueue implements BatchQueue {

    /** @param reason empty where there is none */
    public record DeadLetter(String body, String reason) {}

    private static final class Waiting {

        private final String id;
        private final String body;
        private final long sent;
        private long due;
        private int receives;

        private Waiting(String id, String body, long sent, long due) {
            this.id = id;
            this.body = body;
            this.sent = sent;
            this.due = due;
        }

        private String receipt() {
            return id + "#" + receives;
        }
    }

    private final TimeSource time;
    private final RandomGenerator random;
    private final double again;
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private int sent;

    public InMemoryBatchQueue(TimeSource time, RandomGenerator random) {
        this(time, random, 0);
    }

    /** @param again share of the handings out, 0 to 1, after which a message is not hidden and so may come twice */
    public InMemoryBatchQueue(TimeSource time, RandomGenerator random, double again) {
        this.time = time;
        this.random = random;
        this.again = again;
    }

    @Override
    public synchronized void send(List<String> bodies, Duration delay) {
        long due = time.now() + delay.toNanos();
        bodies.forEach(body -> waiting.add(new Waiting("message-" + ++sent, body, time.now(), due)));
    }

    @Override
    public synchronized void hide(QueueMessage message, Duration hidden) {
        Waiting inHand = inHand(message).orElseThrow(
                () -> new BatchQueueException("It is not in hand", new IllegalStateException(message.receipt())));
        inHand.due = time.now() + hidden.toNanos();
    }

    @Override
    public synchronized void deadLetter(QueueMessage message, String reason) {
        String line = reason.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", " ");
        deadLetters.add(new DeadLetter(message.body(), line.substring(0, Math.min(line.length(), 1024)).strip()));
    }

    /** Hands messages out: at most so many, hidden from now on for this long. */
    public synchronized List<QueueMessage> receive(int max, Duration visibility) {
        long now = time.now();
        List<Waiting> due = new ArrayList<>(waiting.stream().filter(message -> message.due <= now).toList());
        for (int i = due.size(); i > 1; i--) {
            Collections.swap(due, i - 1, random.nextInt(i));
        }
        return due.stream().limit(max).map(message -> handOut(message, now, visibility)).toList();
    }

    private QueueMessage handOut(Waiting message, long now, Duration visibility) {
        message.receives++;
        message.due = random.nextDouble() < again ? now : now + visibility.toNanos();
        return new QueueMessage(message.id, message.receipt(), message.body, message.receives, message.sent);
    }

    /** Nothing happens where it has been handed out again since. */
    public synchronized void delete(QueueMessage message) {
        inHand(message).ifPresent(waiting::remove);
    }

    public synchronized List<DeadLetter> deadLetters() {
        return List.copyOf(deadLetters);
    }

    /** Messages that have not been deleted, hidden or not. */
    public synchronized int size() {
        return waiting.size();
    }

    /** Whether there is another message with the same body. */
    public synchronized boolean holdsAnother(QueueMessage message) {
        return waiting.stream().anyMatch(one -> one.body.equals(message.body()) && !one.id.equals(message.id()));
    }

    /** When the next message may be handed out, nanoseconds since the epoch; past where one may be now. */
    public synchronized OptionalLong nextDue() {
        return waiting.stream().mapToLong(message -> message.due).min();
    }

    private Optional<Waiting> inHand(QueueMessage message) {
        return waiting.stream().filter(one -> one.receipt().equals(message.receipt())).findFirst();
    }
}
