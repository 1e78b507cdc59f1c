package ailb.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A REST API with Lambda proxy integration that streams, on loopback: plain HTTP/1.1, a virtual thread a connection and one
 * an invocation.
 */
public final class FakeGateway implements AutoCloseable {

    /** What Lambda takes as an event, in bytes of JSON. */
    static final int MAX_EVENT = 6 * 1024 * 1024 + 100;

    private final ServerSocket listener;
    private final StreamingFunction function;
    private final GatewaySettings settings;
    private final GatewayClock clock;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private FakeGateway(StreamingFunction function, GatewaySettings settings, GatewayClock clock) throws IOException {
        this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        this.function = function;
        this.settings = settings;
        this.clock = clock;
    }

    /** As the stack is deployed, by the machine's time. */
    public static FakeGateway start(StreamingFunction function) throws IOException {
        return start(function, GatewaySettings.deployed(), new SystemGatewayClock());
    }

    /** Deployed in some other way, by the machine's time. */
    public static FakeGateway start(StreamingFunction function, GatewaySettings settings) throws IOException {
        return start(function, settings, new SystemGatewayClock());
    }

    public static FakeGateway start(StreamingFunction function, GatewaySettings settings, GatewayClock clock)
            throws IOException {
        FakeGateway gateway = new FakeGateway(function, settings, clock);
        gateway.startThread(gateway::accept);
        return gateway;
    }

    /** What callers take as the base: the host, and the stage where it is part of the URL. */
    public URI uri() {
        return root().resolve(settings.stageInUrl() ? "/" + settings.stage() : "");
    }

    /** The host, without the stage. */
    public URI root() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Why it did not hand on what a function answered, or not all of it; in the order of time. */
    public List<String> complaints() {
        return complaints;
    }

    /** Cuts all connections off; functions that write afterwards are told. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.forEach(Thread::interrupt);
    }

    private void startThread(Runnable task) {
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            try {
                task.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                startThread(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            OutputStream out = connection.getOutputStream();
            RequestReader requests = new RequestReader(new BufferedInputStream(connection.getInputStream()), out);
            boolean goesOn = true;
            while (goesOn) {
                goesOn = serveNext(requests, out);
            }
        } catch (IOException e) {
            // the caller hung up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private boolean serveNext(RequestReader requests, OutputStream out) throws IOException, InterruptedException {
        UUID id = UUID.randomUUID();
        try {
            Optional<CallerRequest> next = requests.next();
            return next.isPresent() && answer(next.get(), id, out) && !next.get().isLast();
        } catch (RefusedRequestException e) {
            new Caller(out, id, clock.now(), true).send(e.error(), true);
            return false;
        }
    }

    private boolean answer(CallerRequest request, UUID id, OutputStream out) throws IOException, InterruptedException {
        Caller caller = new Caller(out, id, clock.now(), !request.method().equals("HEAD"));
        Optional<String> path = pathInStage(request.path());
        if (path.isEmpty()) {
            caller.send(GatewayError.NO_SUCH_STAGE, false);
            return true;
        }
        String resource = path.get().equals(GatewaySettings.ROOT) ? GatewaySettings.ROOT : GatewaySettings.PROXY;
        if (!settings.resources().contains(resource)) {
            caller.send(GatewayError.NO_SUCH_RESOURCE, false);
            return true;
        }
        String event = RestEvent.of(request, resource, path.get(), settings, id, clock.now());
        if (event.getBytes(StandardCharsets.UTF_8).length > MAX_EVENT) {
            caller.send(GatewayError.EVENT_TOO_LARGE, false);
            return true;
        }
        return invoke(event, caller);
    }

    /** The path of the event; empty where the URL has another stage, or none. */
    private Optional<String> pathInStage(String path) {
        if (!settings.stageInUrl()) {
            return Optional.of(path);
        }
        String prefix = "/" + settings.stage();
        if (path.equals(prefix)) {
            return Optional.of(GatewaySettings.ROOT);
        }
        return path.startsWith(prefix + "/") ? Optional.of(path.substring(prefix.length())) : Optional.empty();
    }

    private boolean invoke(String event, Caller caller) throws IOException, InterruptedException {
        AnswerPipe answer = new AnswerPipe(clock);
        Relay relay = new Relay(answer, caller, settings, clock, complaints::add, () -> stopListening(answer));
        startThread(() -> run(event, answer));
        return relay.run();
    }

    private void stopListening(AnswerPipe answer) {
        switch (settings.hangUp()) {
            case ENDS_THE_CALL -> answer.drop();
            case IS_NOT_TOLD -> answer.discard();
        }
    }

    private void run(String event, AnswerPipe answer) {
        String failure = "it threw an error";
        try {
            function.invoke(event, answer);
            failure = "";
        } catch (IOException | RuntimeException e) {
            failure = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "it was interrupted";
        } finally {
            if (failure.isEmpty()) {
                answer.end();
            } else {
                answer.fail(failure);
            }
        }
    }
}
