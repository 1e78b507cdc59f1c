package ailb.http;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import ailb.pool.Provider;
import ailb.protocol.ApiError;
import ailb.protocol.Headers;
import ailb.protocol.RequestKind;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** One exchange of the JDK's server as a call of the API. A client that hangs up ends it with an IOException, unlogged. */
record ExchangeHandler(
        int maxBodyBytes,
        Function<ApiRequest, ? extends ApiAnswer> api,
        Function<ApiRequest, ApiResponse> tooLarge,
        Function<ApiRequest, ApiResponse> failure)
        implements
            HttpHandler {

    private static final System.Logger LOG = System.getLogger(ExchangeHandler.class.getName());

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");
    private static final Set<String> SET_BY_THE_SERVER = Set.of("content-length", "date", "transfer-encoding");

    private static final int MOST_HEADERS = 200;
    /** Bytes. API Gateway takes 10 KB. */
    private static final int LONGEST_HEAD = 64 << 10;

    private static final long LONGEST_DRAIN = 16 << 20;

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!hasUsualHead(exchange)) {
                drain(exchange.getRequestBody());
                new ToCaller(exchange).send(headersTooLarge(exchange));
                return;
            }
            Optional<byte[]> body = body(exchange);
            ApiRequest request = request(exchange, body.orElse(new byte[0]));
            ApiAnswer answer = answer(body.isPresent() ? api : tooLarge, request);
            // A handler that was interrupted has its answer yet, which is lost if the first write finds the interrupt.
            Thread.interrupted();
            switch (answer) {
                case ApiResponse response -> new ToCaller(exchange).send(response);
                case ApiStream stream -> send(exchange, stream, request);
            }
        }
    }

    private static boolean hasUsualHead(HttpExchange exchange) {
        int bytes = exchange.getRequestURI().toString().length();
        int headers = 0;
        for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
            headers += header.getValue().size();
            for (String value : header.getValue()) {
                bytes += header.getKey().length() + value.length();
            }
        }
        return headers <= MOST_HEADERS && bytes <= LONGEST_HEAD;
    }

    private static ApiResponse headersTooLarge(HttpExchange exchange) {
        boolean isAnthropics = exchange.getRequestURI().getRawPath().startsWith(RequestKind.MESSAGES.path());
        Provider protocol = isAnthropics ? Provider.ANTHROPIC : Provider.OPENAI;
        ApiError error = ApiError.headersTooLarge(MOST_HEADERS, LONGEST_HEAD);
        return new ApiResponse(
                error.status(protocol), Map.of("content-type", "application/json"), error.toJson(protocol));
    }

    /** The whole body, or empty where it is larger than the bound; no more than the bound is held. */
    private Optional<byte[]> body(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (length != null && Long.parseLong(length) > maxBodyBytes) {
            drain(in);
            return Optional.empty();
        }
        byte[] body = in.readNBytes(maxBodyBytes);
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

    private static ApiRequest request(HttpExchange exchange, byte[] body) {
        URI uri = exchange.getRequestURI();
        return new ApiRequest(
                exchange.getRequestMethod().toUpperCase(Locale.ROOT),
                uri.getRawPath(),
                Objects.requireNonNullElse(uri.getRawQuery(), ""),
                Headers.joined(exchange.getRequestHeaders()),
                body);
    }

    private ApiAnswer answer(Function<ApiRequest, ? extends ApiAnswer> by, ApiRequest request) {
        try {
            ApiAnswer answer = by.apply(request);
            return answer instanceof ApiResponse response ? http(response) : answer;
        } catch (RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    /** Errors too: the JDK's server would leave the client waiting. No query, as it may hold a key. */
    private ApiResponse failed(ApiRequest request, Throwable e) {
        LOG.log(System.Logger.Level.ERROR, "request failed: " + request.path(), e);
        return http(failure.apply(request));
    }

    private void send(HttpExchange exchange, ApiStream stream, ApiRequest request) throws IOException {
        ToCaller caller = new ToCaller(exchange);
        try {
            stream.sendTo(caller);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ApiResponse response = failed(request, e);
            if (caller.hasBegun) {
                caller.cutOff();
            } else {
                caller.send(response);
            }
        }
        caller.end();
    }

    /** Each piece goes out at once: whoever asked for a stream wants to see it grow. */
    private static final class ToCaller implements ApiStream.Connection {

        private final HttpExchange exchange;
        private boolean hasBegun;
        private boolean isStream;

        ToCaller(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void send(ApiResponse response) throws IOException {
            http(response);
            hasBegun = true;
            setHeaders(response.headers());
            byte[] body = response.body();
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
                exchange.sendResponseHeaders(response.status(), -1);
            } else if (body.length == 0 || isBodiless(response.status())) {
                exchange.sendResponseHeaders(response.status(), -1);
            } else {
                exchange.sendResponseHeaders(response.status(), body.length);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }

        @Override
        public void begin(int status, Map<String, String> headers) throws IOException {
            http(new ApiResponse(status, headers, new byte[0]));
            hasBegun = true;
            isStream = true;
            setHeaders(headers);
            exchange.sendResponseHeaders(status, 0);
        }

        @Override
        public void send(byte[] part) throws IOException {
            OutputStream out = exchange.getResponseBody();
            out.write(part);
            out.flush();
        }

        /** No end of the body is sent: the caller must not take it for whole. Closing hangs up where it cannot write. */
        void cutOff() {
            exchange.setStreams(null, new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("the answer is cut off");
                }

                @Override
                public void close() throws IOException {
                    throw new IOException("the answer is cut off");
                }
            });
        }

        void end() throws IOException {
            if (isStream) {
                exchange.getResponseBody().close();
            }
        }

        private void setHeaders(Map<String, String> headers) {
            headers.forEach((name, value) -> {
                if (!SET_BY_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().set(name, value);
                }
            });
        }
    }

    private static boolean isBodiless(int status) {
        return status == 204 || status == 304;
    }

    /** Throws where a response would not be HTTP on the wire: above all, where a line break would end a header early. */
    private static ApiResponse http(ApiResponse response) {
        if (response.status() < 200 || response.status() > 599) {
            throw new IllegalArgumentException("no final HTTP status: " + response.status());
        }
        response.headers().forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches() || !HEADER_VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException("a response header cannot be sent");
            }
        });
        return response;
    }
}
