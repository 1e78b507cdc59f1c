package ailb.protocol.stream;

import ailb.protocol.error.ApiError;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import java.util.List;
import java.util.Optional;

/** Reads a reply that is a stream of events. Belongs to one call and is used by one thread. */
public interface ReplyStream {

    /** The result of reading a piece of the body. */
    sealed interface Step {

        /** Events for the caller, in the caller's protocol; may be empty. */
        byte[] events();
    }

    /** The stream continues. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record More(byte[] events) implements Step {}

    /** The stream is complete; anything after it is ignored. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Complete(byte[] events) implements Step {}

    /** The stream has failed. The events are those before the failure. */
    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Broken(byte[] events, ProviderReply.Failure failure) implements Step {}

    /** Reads the next piece of the body, which may end anywhere. Never throws, whatever the bytes. */
    Step feed(byte[] piece);

    /** Call when the body has ended. */
    Step end();

    /** The usage so far; empty where there is none. */
    Optional<Usage> usage();

    /** The remaining limits of the endpoint, from the headers. */
    List<Remaining> remaining();

    /** Characters of text so far, for an estimate where the stream has no usage. */
    long characters();

    /**
     * The provider's error as an event for the caller; only where the stream failed because the request is at fault.
     */
    Optional<byte[]> refusal();

    /** The last event of a failed stream: tells the caller of the error. */
    byte[] error(ApiError error);
}
