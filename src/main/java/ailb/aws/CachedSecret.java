package ailb.aws;

import ailb.port.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * A secret, and this instance's copy of it. The first use fetches it, so that no snapshot of the process holds it. One
 * fetch runs at a time, however many threads ask, and no lock is held meanwhile.
 */
final class CachedSecret {

    /** Maximum age of a copy, by the wall clock: it goes on while an instance is frozen. */
    static final Duration MAX_AGE = Duration.ofMinutes(5);

    /** How long the old copy is used after a fetch failed. Otherwise every call would wait for another failure. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** How long a failure is remembered. Many requests or lines may need the same missing key at once. */
    private static final Duration RESPITE = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(CachedSecret.class.getName());

    private final SecretsManagerClient client;
    private final String id;
    private final TimeSource time;
    private final AtomicReference<@Nullable CompletableFuture<Reading>> flight = new AtomicReference<>();
    private volatile @Nullable Copy copy;
    private volatile @Nullable Failure failure;
    private volatile long triedAt;

    /** @param id name or ARN of the secret */
    CachedSecret(SecretsManagerClient client, String id, TimeSource time) {
        this.client = client;
        this.id = id;
        this.time = time;
    }

    /** The result of reading the secret. */
    sealed interface Reading permits SecretMap, NotAMap, Unreadable {}

    /** The secret is not a JSON object. */
    record NotAMap() implements Reading {}

    /** @param cause for a log line, with no secret in it */
    record Unreadable(String cause) implements Reading {}

    private record Copy(SecretMap map, long at) {}

    private record Failure(Reading reading, long at) {}

    String id() {
        return id;
    }

    /**
     * Returns the copy if it is young enough and has what is wanted, or else fetches the secret. If the fetch fails, an
     * older copy that has what is wanted is returned.
     *
     * @param maxAge maximum age of the copy
     * @param enough whether a copy has what is wanted; a copy without it is never returned in place of a failure
     */
    Reading reading(Duration maxAge, Predicate<SecretMap> enough) {
        Copy known = copy;
        if (known == null || !enough.test(known.map())) {
            Failure recent = failure;
            return recent != null && isWithin(RESPITE, recent.at()) ? recent.reading() : fetch(known, enough);
        }
        boolean willDo = isWithin(maxAge, known.at()) || isWithin(PAUSE, triedAt) || flight.get() != null;
        return !willDo && fetch(known, enough) instanceof SecretMap map ? map : known.map();
    }

    /** Whether the copy is so new that another fetch would hardly differ. */
    boolean isFresh() {
        Copy known = copy;
        return known != null && isWithin(RESPITE, known.at());
    }

    private boolean isWithin(Duration age, long moment) {
        return time.age(moment) < age.toNanos();
    }

    private Reading fetch(@Nullable Copy known, Predicate<SecretMap> enough) {
        CompletableFuture<Reading> own = new CompletableFuture<>();
        CompletableFuture<Reading> running = flight.compareAndExchange(null, own);
        if (running == null) {
            return lead(own, known, enough);
        }
        Reading joined = await(running);
        if (!(joined instanceof SecretMap map) || enough.test(map)) {
            return joined;
        }
        // That fetch may have started before the secret was changed, so another one is made.
        running = flight.compareAndExchange(null, own);
        return running == null ? lead(own, known, enough) : await(running);
    }

    private Reading lead(CompletableFuture<Reading> own, @Nullable Copy known, Predicate<SecretMap> enough) {
        Reading reading = new Unreadable("the thread that read it failed");
        try {
            Copy since = copy;
            reading = since != null && !since.equals(known) && enough.test(since.map()) ? since.map() : read();
            return reading;
        } finally {
            // The order matters: a thread that waited for this fetch and wants a later one must not find this one
            // again.
            flight.set(null);
            own.complete(reading);
        }
    }

    private static Reading await(CompletableFuture<Reading> running) {
        try {
            return running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unreadable("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reading is never completed so", e);
        }
    }

    private Reading read() {
        long asked = time.now();
        triedAt = asked;
        Reading reading = request();
        failure = reading instanceof SecretMap ? null : new Failure(reading, time.now());
        switch (reading) {
            case SecretMap map -> copy = new Copy(map, asked);
            case NotAMap() -> warn("is not a JSON object of names and keys");
            case Unreadable(String cause) -> warn("cannot be read: " + cause);
        }
        return reading;
    }

    private Reading request() {
        try {
            String text = client.getSecretValue(request -> request.secretId(id)).secretString();
            return text == null ? new NotAMap() : SecretMap.parse(text).<Reading>map(map -> map).orElse(new NotAMap());
        } catch (SdkException e) {
            return new Unreadable(SdkErrors.describe(e));
        }
    }

    private void warn(String trouble) {
        LOG.log(
                Level.WARNING,
                "The secret {0} {1}{2}",
                id,
                trouble,
                copy == null ? "" : "; what it held before serves on");
    }
}
