package ailb.bench;

import ailb.api.Api;
import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.http.HttpServer;
import ailb.http.HttpUpstream;
import ailb.lambda.SystemTime;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One of the servers of {@link LoadRun}, in a process of its own: it prints its port, and ends with its input. */
final class LoadServer {

    private static final Duration PROVIDER_TAKES = Duration.ofMillis(100);
    private static final Map<String, String> HEADERS = Map.of("content-type", "application/json");
    private static final byte[] ANSWER = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
            "message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""".getBytes(StandardCharsets.UTF_8);

    private LoadServer() {}

    /** @param arguments {@code provider}; or {@code balancer} or {@code bare}, and the provider's port */
    public static void main(String[] arguments) throws IOException {
        Function<ApiRequest, ? extends ApiAnswer> handler =
                switch (arguments[0]) {
                    case "provider" -> LoadServer::answer;
                    case "bare" -> bare(arguments[1]);
                    default -> balancer(arguments[1]);
                };
        ApiResponse failure = new ApiResponse(500, Map.of(), new byte[0]);
        try (HttpServer server = HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Api.MAX_BODY, handler, _ -> failure,
                _ -> failure)) {
            System.out.println(server.address().getPort());
            while (System.in.read() >= 0) {
                // until whoever started it closes it, or is gone
            }
        }
        System.exit(0);
    }

    private static ApiResponse answer(ApiRequest request) {
        try {
            Thread.sleep(PROVIDER_TAKES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new ApiResponse(200, HEADERS, ANSWER);
    }

    /** Passes bodies on over the same server and client as the balancer, and does nothing else. */
    private static Function<ApiRequest, ApiResponse> bare(String providersPort) {
        URI chat = URI.create(provider(providersPort) + "/chat/completions");
        Upstream upstream = new HttpUpstream();
        return request -> {
            try {
                return switch (upstream.call(
                        new ProviderRequest(chat, HEADERS, request.body()), Duration.ofSeconds(28))) {
                    case Upstream.Reply reply -> new ApiResponse(reply.status(), HEADERS, reply.body());
                    case Upstream.Streaming _,Upstream.Failed _ -> new ApiResponse(502, Map.of(), new byte[0]);
                };
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new ApiResponse(503, Map.of(), new byte[0]);
            }
        };
    }

    private static URI provider(String port) {
        return URI.create("http://127.0.0.1:" + port + "/v1");
    }

    private static Function<ApiRequest, ApiAnswer> balancer(String providersPort) {
        TimeSource time = new SystemTime();
        URI provider = provider(providersPort);
        Api api = Pools.api(Pools.endpoints(3, Provider.OPENAI, provider), new HttpUpstream(), time);
        return request -> api.handle(request, Deadline.in(Duration.ofSeconds(28), time));
    }

    /** A server that has been started. */
    record Running(String kind, Process process, String port) implements AutoCloseable {

        URI chat() {
            return URI.create("http://127.0.0.1:" + port + "/v1/chat/completions");
        }

        /** CPU time it has taken, nanoseconds. */
        long cpu() {
            return process.info().totalCpuDuration().orElseThrow().toNanos();
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
        }
    }

    static Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-classpath", ManagementFactory.getRuntimeMXBean().getClassPath()));
        command.add(LoadServer.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            return new Running(arguments[0], process, String.valueOf(out.readLine()));
        }
    }
}
