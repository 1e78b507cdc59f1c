package ailb.batch;

import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.RequestKind;
import java.util.List;

/** The requests a batch may hold. */
public final class BatchUrls {

    public static final String CHAT = RequestKind.CHAT_COMPLETIONS.path();

    public static final List<String> ALL = List.of(CHAT);

    private BatchUrls() {}

    /** Reads the body of a request of a batch, which must not ask for a stream: nobody would watch it. */
    static Parsed parse(byte[] body) {
        Parsed parsed = ChatRequest.parse(body);
        return parsed instanceof Parsed.Valid(ModelRequest request) && request.isStream()
                ? new Parsed.Invalid(ApiError.unsupported("stream", "Batches cannot stream: leave out 'stream'."))
                : parsed;
    }
}
