package ailb.local;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import ailb.api.CallerKeys;
import ailb.aws.DynamoBatchStore;
import ailb.aws.DynamoStateStore;
import ailb.aws.LocalDynamo;
import ailb.batch.BatchStore;
import ailb.batch.BatchWorker;
import ailb.batch.InMemoryBatchStore;
import ailb.http.HttpServer;
import ailb.http.HttpUpstream;
import ailb.lambda.SystemTime;
import ailb.lambda.Wiring;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.settings.PoolFile;
import ailb.settings.PoolFileException;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The balancer as a plain HTTP server at 127.0.0.1. Settings come from the environment (see {@link LocalSettings}). */
final class LocalServer implements AutoCloseable {

    /** As long as OpenAI's SDKs wait. */
    private static final Duration LONGEST_REQUEST = Duration.ofMinutes(10);

    private static final Duration RESULTS = Duration.ofDays(30);

    /** Invocations of the batch function at once. */
    private static final int INVOCATIONS = 4;

    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final TimeSource time = new SystemTime();
    private final RandomGenerator random = new Random();
    private final Console console;
    private final Optional<SimulatedPool> simulated;
    private final Api api;
    private final HttpServer http;

    private LocalServer(LocalSettings settings, PrintStream out) throws BadSettingException {
        this.console = new Console(out, Clock.system(ZoneId.systemDefault()));
        try {
            this.simulated = settings.poolFile().isPresent() ? Optional.empty() : Optional.of(simulatedPool());
            Pool pool = simulated.isPresent() ? simulated.get().pool() : pool(settings.poolFile().orElseThrow());
            ApiKeys keys = keys(settings);
            // It takes seconds, as DynamoDB Local does.
            CompletableFuture<LocalQueue> starting =
                    CompletableFuture.supplyAsync(
                            () -> LocalQueue.start(console::deadLetter), Thread::startVirtualThread);
            Stores stores = stores(settings.state());
            LocalQueue queue = starting.join();
            closers.push(queue::close);
            this.api = Wiring.api(
                    pool, stores.state(), new HttpUpstream(), keys, callerKeys(settings), stores.batches(),
                    queue.queue(),
                    RESULTS, time, random, new SecureRandom(), AnswerLimits.NONE, () -> {}, console);
            BatchWorker worker = Wiring.worker(
                    pool, stores.state(), new HttpUpstream(), keys, stores.batches(), queue.queue(), RESULTS, time,
                    random, console);
            queue.work(worker, INVOCATIONS, time);
            this.http = listen(settings.port());
            console.text(new Welcome(
                    uri(), URI.create(queue.url()), URI.create(queue.deadLettersUrl()), settings, pool).text());
        } catch (BadSettingException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts the server.
     *
     * @param out for the welcome, and a line a request
     * @throws BadSettingException when it cannot start with these settings
     */
    static LocalServer start(LocalSettings settings, PrintStream out) throws BadSettingException {
        return new LocalServer(settings, out);
    }

    public static void main(String[] args) {
        ParentProcess parent = ParentProcess.now();
        QuietLibraries.hush();
        try {
            LocalServer server = start(LocalSettings.of(System.getenv(), new SecureRandom()), System.out);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            // Exiting also ends the threads of DynamoDB Local.
            parent.whenEnded(() -> System.exit(0), server.time);
        } catch (BadSettingException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (RuntimeException | LinkageError e) {
            // Without an exit, threads of DynamoDB Local would keep alive a server that did not start.
            e.printStackTrace();
            System.exit(1);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + http.address().getPort());
    }

    /** The simulated providers; none with a POOL_FILE. */
    Optional<SimulatedPool> simulated() {
        return simulated;
    }

    private SimulatedPool simulatedPool() {
        try {
            SimulatedPool pool = SimulatedPool.start(InstantSource.system(), random);
            closers.push(pool::close);
            return pool;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }

    private static Pool pool(Path file) throws BadSettingException {
        byte[] json = SettingFile.read(
                "POOL_FILE", file, "Set it to the path of a pool.json, or unset it for simulated providers.");
        try {
            return PoolFile.parse(json);
        } catch (PoolFileException e) {
            List<String> lines = e.problems()
                    .stream()
                    .map(problem -> "POOL_FILE " + file.toAbsolutePath() + ": " + problem)
                    .toList();
            throw new BadSettingException(String.join(System.lineSeparator(), lines));
        }
    }

    private ApiKeys keys(LocalSettings settings) throws BadSettingException {
        ApiKeys builtIn = new BuiltInKeys(simulated.map(SimulatedPool::keys).orElse(Map.of()));
        return settings.keysFile().isPresent()
                ? KeysFile.open(settings.keysFile().get(), builtIn, console::warn)
                : builtIn;
    }

    private static CallerKeys callerKeys(LocalSettings settings) {
        return new CallerKeys(
                new OneClientKey("default", settings.clientKey()), new OneClientKey("admin", settings.adminKey()));
    }

    private record Stores(StateStore state, BatchStore batches) {}

    /** Empty at every start. */
    private static Stores stores(LocalSettings.State state) {
        return switch (state) {
            case MEMORY -> new Stores(new InMemoryStateStore(), new InMemoryBatchStore());
            case DYNAMODB -> {
                String table = "laptop-" + UUID.randomUUID();
                LocalDynamo.createTable(LocalDynamo.client(), table);
                yield new Stores(
                        new DynamoStateStore(LocalDynamo.client(), table),
                        new DynamoBatchStore(LocalDynamo.client(), table));
            }
        };
    }

    private HttpServer listen(int port) throws BadSettingException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            HttpServer server = HttpServer.start(
                    address,
                    Api.MAX_BODY,
                    this::handle,
                    request -> refused(request, api.tooLarge(request)),
                    request -> refused(request, api.internalError(request)));
            closers.push(server::close);
            return server;
        } catch (BindException e) {
            throw new BadSettingException("PORT " + port + " of 127.0.0.1 cannot be used (" + e.getMessage()
                    + "). Stop what listens there, or set another: PORT=" + (port == 8081 ? 8082 : 8081)
                    + " ./mvnw -Plocal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ApiAnswer handle(ApiRequest request) {
        if (simulated.isPresent() && SimulatedPool.isMeant(request)) {
            return simulated.get().handle(request);
        }
        return told(request, () -> api.handle(request, Deadline.in(LONGEST_REQUEST, time)));
    }

    private ApiResponse refused(ApiRequest request, ApiResponse response) {
        console.answered(request, response, 0);
        return response;
    }

    /** Every answer is a line of the console. */
    private ApiAnswer told(ApiRequest request, Supplier<? extends ApiAnswer> answer) {
        long start = time.monotonic();
        return switch (answer.get()) {
            case ApiResponse response -> {
                console.answered(request, response, time.monotonic() - start);
                yield response;
            }
            case ApiStream stream ->
                (ApiStream) caller -> stream.sendTo(new Overheard(
                        caller, head -> console.answered(request, head, time.monotonic() - start)));
        };
    }

    /** A connection whose head somebody else hears of too. */
    private record Overheard(ApiStream.Connection caller, Consumer<ApiResponse> heads) implements ApiStream.Connection {

        @Override
        public void send(ApiResponse response) throws IOException {
            heads.accept(response);
            caller.send(response);
        }

        @Override
        public void begin(int status, Map<String, String> headers) throws IOException {
            heads.accept(new ApiResponse(status, headers, new byte[0]));
            caller.begin(status, headers);
        }

        @Override
        public void send(byte[] part) throws IOException {
            caller.send(part);
        }
    }

    /** Takes no more requests, lets those in flight end within 5 s, and ends what they needed after them. */
    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
