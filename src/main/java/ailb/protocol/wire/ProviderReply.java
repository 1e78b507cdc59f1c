package ailb.protocol.wire;

import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider's reply, classified: an answer or a failure. */
public sealed interface ProviderReply {

    /** The maximum size of a reply that is not streamed, bytes. */
    int MAX_BYTES = 16 << 20;

    /** The remaining limits of the endpoint, from the reply's headers. */
    List<Remaining> remaining();

    /**
     * The requested answer.
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
     * @param status the provider's HTTP status; sent to the caller together with {@code passOn}
     * @param passOn if the caller is at fault, the provider's error in the caller's protocol; else empty
     * @param detail for log lines and statistics: one line of at most 200 characters, without keys or the caller's
     *     content
     * @param retryable whether another attempt, at this or another endpoint, may succeed. The provider's own statement
     *     wins, but failures that need a person can always be retried at another endpoint
     * @param retryAfter the wait that the provider asks for, not capped
     * @param limit the limit that a 429 names, when it says
     * @param usage the usage of a broken stream until it broke; null where nothing had arrived
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

        /** A copy with the usage of the part of an answer that arrived before the failure. */
        public Failure after(Usage come) {
            return new Failure(failure, status, passOn, detail, retryable, retryAfter, limit, remaining, come);
        }
    }
}
