package ailb.http;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One exchange of the server as a call of the API. A client that hangs up ends it with an IOException, unlogged. */
final class ExchangeHandler extends Handler.Abstract.NonBlocking {

    private static final System.Logger LOG = System.getLogger(ExchangeHandler.class.getName());

    /** Of an answer that is being made, or taken. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

    private static final long LONGEST_DRAIN = 16 << 20;

    private final Answers answers;
    private final OwnAddress address;
    private final ExecutorService exchanges;

    ExchangeHandler(Answers answers, OwnAddress address, ExecutorService exchanges) {
        this.answers = answers;
        this.address = address;
        this.exchanges = exchanges;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            exchanges.execute(() -> exchange(request, new ToCaller(response), callback));
        } catch (RejectedExecutionException e) {
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
        }
        return true;
    }

    private void exchange(Request request, ToCaller caller, Callback callback) {
        long longestIdle = connection(request).getIdleTimeout();
        try {
            answer(request, caller);
            connection(request).setIdleTimeout(longestIdle);
            callback.succeeded();
        } catch (IOException | RuntimeException | Error e) {
            // Hangs up, where the answer has begun.
            callback.failed(e);
        }
    }

    private static EndPoint connection(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    private void answer(Request request, ToCaller caller) throws IOException {
        Optional<ApiError> refusal = hasUsualHead(request)
                ? address.refusal(request.getHeaders())
                : Optional.of(Refusals.headersTooLarge());
        if (refusal.isPresent()) {
            drain(Request.asInputStream(request));
            caller.send(Refusals.response(refusal.get(), request));
            return;
        }
        Optional<byte[]> body = body(request);
        // Jetty may take a pause of the handler for one of the client, and fail what is sent next.
        connection(request).setIdleTimeout(LONGEST_PAUSE.toMillis());
        ApiRequest asked = asked(request, body.orElse(new byte[0]));
        ApiAnswer answer = answer(body.isPresent() ? answers.handler() : answers.tooLarge(), asked);
        // A handler that was interrupted has its answer yet, which is lost if the first write finds the interrupt.
        Thread.interrupted();
        switch (answer) {
            case ApiResponse response -> caller.send(response);
            case ApiStream stream -> send(stream, caller, asked);
        }
    }

    private static boolean hasUsualHead(Request request) {
        int bytes = request.getHttpURI().toString().length();
        for (HttpField header : request.getHeaders()) {
            bytes += header.getName().length() + value(header).length();
        }
        return request.getHeaders().size() <= Refusals.MOST_HEADERS && bytes <= Refusals.LONGEST_HEAD;
    }

    private static String value(HttpField header) {
        return Objects.requireNonNullElse(header.getValue(), "");
    }

    /** The whole body, or empty where it is larger than the bound; no more than the bound is held. */
    private Optional<byte[]> body(Request request) throws IOException {
        InputStream in = Request.asInputStream(request);
        if (request.getLength() > answers.maxBodyBytes()) {
            drain(in);
            return Optional.empty();
        }
        byte[] body = in.readNBytes(answers.maxBodyBytes());
        if (in.read() < 0) {
            return Optional.of(body);
        }
        drain(in);
        return Optional.empty();
    }

    /** Reads on and forgets, up to a bound: a client still sending might see a reset instead of the answer. */
    private static void drain(InputStream in) throws IOException {
        byte[] piece = new byte[8192];
        long left = LONGEST_DRAIN;
        int read = 0;
        while (left > 0 && read >= 0) {
            read = in.read(piece);
            left -= read;
        }
    }

    private static ApiRequest asked(Request request, byte[] body) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (HttpField header : request.getHeaders()) {
            headers.computeIfAbsent(header.getLowerCaseName(), _ -> new ArrayList<>()).add(value(header));
        }
        return new ApiRequest(
                request.getMethod().toUpperCase(Locale.ROOT),
                Refusals.path(request),
                Objects.requireNonNullElse(request.getHttpURI().getQuery(), ""),
                Headers.joined(headers),
                body);
    }

    private ApiAnswer answer(Function<ApiRequest, ? extends ApiAnswer> by, ApiRequest request) {
        try {
            ApiAnswer answer = by.apply(request);
            return answer instanceof ApiResponse response ? ToCaller.http(response) : answer;
        } catch (RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    /** Errors too: the client would be left waiting. No query, as it may hold a key. */
    private ApiResponse failed(ApiRequest request, Throwable e) {
        LOG.log(System.Logger.Level.ERROR, "request failed: " + request.path(), e);
        return ToCaller.http(answers.failure().apply(request));
    }

    private void send(ApiStream stream, ToCaller caller, ApiRequest request) throws IOException {
        try {
            stream.sendTo(caller);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ApiResponse response = failed(request, e);
            if (caller.hasBegun()) {
                // No end of the body is sent: the caller must not take it for whole.
                throw new IOException("the answer is cut off", e);
            }
            caller.send(response);
        }
        caller.end();
    }
}
