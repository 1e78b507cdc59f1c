package ailb.protocol.wire;

import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a provider's reply means. */
public sealed interface ProviderReply {

    /** A reply that comes whole is no longer than this. */
    int MAX_BYTES = 16 << 20;

    /** What the headers say is left of the endpoint's limits. */
    List<Remaining> remaining();

    /**
     * The answer that was asked for.
     *
     * @param body in the caller's protocol; not to be changed
     * @param usage null where the provider gave none
     */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record Answer(byte[] body, @Nullable Usage usage, List<Remaining> remaining) implements ProviderReply {

        public Answer {
            remaining = List.copyOf(remaining);
        }
    }

    /**
     * No answer.
     *
     * @param status the provider's HTTP status, which goes with {@code passOn} for a fault of the caller's
     * @param passOn for a fault of the caller's, the provider's words as an error in the caller's protocol; else empty
     * @param detail for log lines and statistics: one line of at most 200 characters, no keys, nothing of the caller's
     * @param retryable whether another attempt, here or at another endpoint, may be answered: the provider's own word
     *         for it where it gave one. Failures that need a person are always worth another endpoint
     * @param retryAfter how long the provider asks to be left alone, not capped
     * @param limit the limit that a 429 names, when it says
     * @param usage of a stream that broke off, what had come until then; null where nothing had
     */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record Failure(
            FailureClass failure,
            int status,
            byte[] passOn,
            String detail,
            boolean retryable,
            Optional<Duration> retryAfter,
            Optional<LimitKind> limit,
            List<Remaining> remaining,
            @Nullable Usage usage) implements ProviderReply {

        public Failure {
            remaining = List.copyOf(remaining);
        }

        public Failure(
                FailureClass failure,
                int status,
                byte[] passOn,
                String detail,
                boolean retryable,
                Optional<Duration> retryAfter,
                Optional<LimitKind> limit,
                List<Remaining> remaining) {
            this(failure, status, passOn, detail, retryable, retryAfter, limit, remaining, null);
        }

        /** The same after some of an answer. */
        public Failure after(Usage come) {
            return new Failure(failure, status, passOn, detail, retryable, retryAfter, limit, remaining, come);
        }
    }
}
