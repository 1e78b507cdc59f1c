package ailb.protocol.stream;

import ailb.protocol.error.ApiError;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import java.util.List;
import java.util.Optional;

/** A reply that comes as a stream of events, while it is read. Belongs to one call and is used by one thread. */
public interface ReplyStream {

    /** What came of a piece of the body. */
    sealed interface Step {

        /** Events for the caller, in the caller's protocol; may be empty. */
        byte[] events();
    }

    /** It goes on. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record More(byte[] events) implements Step {}

    /** It is complete; what may still come is of no interest. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Complete(byte[] events) implements Step {}

    /** It has failed. The events are those that came before. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Broken(byte[] events, ProviderReply.Failure failure) implements Step {}

    /** Reads on; the body may be cut anywhere. Never throws, whatever the bytes. */
    Step feed(byte[] piece);

    /** The body has ended. */
    Step end();

    /** What it told of its usage so far; empty where it told none. */
    Optional<Usage> usage();

    /** What the headers said is left of the endpoint's limits. */
    List<Remaining> remaining();

    /** Characters of text that have come so far, for an estimate where no usage comes. */
    long characters();

    /** Where it failed for the request's own fault, the event that tells the caller so in the provider's words. */
    Optional<byte[]> refusal();

    /** The event that tells the caller of an error, and is the last. */
    byte[] error(ApiError error);
}
