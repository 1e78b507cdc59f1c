package ailb.api;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Takes an answer as a caller does who waits for its end. */
public final class Sent implements ApiStream.Connection {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicReference<@Nullable ApiResponse> head = new AtomicReference<>();

    /** All of the answer. */
    public static ApiResponse whole(ApiAnswer answer) {
        return switch (answer) {
            case ApiResponse response -> response;
            case ApiStream stream -> collected(stream);
        };
    }

    private static ApiResponse collected(ApiStream stream) {
        Sent sent = new Sent();
        try {
            stream.sendTo(sent);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return sent.whole();
    }

    /** All that was sent. */
    public ApiResponse whole() {
        ApiResponse begun = head.get();
        if (begun == null) {
            throw new AssertionError("nothing was sent");
        }
        return new ApiResponse(begun.status(), begun.headers(), body.toByteArray());
    }

    @Override
    public void send(ApiResponse response) {
        begin(response.status(), response.headers());
        body.writeBytes(response.body());
    }

    @Override
    public void begin(int status, Map<String, String> headers) {
        if (!head.compareAndSet(null, new ApiResponse(status, headers, new byte[0]))) {
            throw new AssertionError("a second head");
        }
    }

    @Override
    public void send(byte[] part) {
        if (head.get() == null) {
            throw new AssertionError("no head");
        }
        body.writeBytes(part);
    }
}
