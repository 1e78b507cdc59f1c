package ailb.local;

import ailb.api.ApiResponse;
import ailb.http.HttpServer;
import ailb.lambda.DeployedStack;
import ailb.lambda.TaskRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/**
 * The SDKs of OpenAI and Anthropic, and the check of what is deployed, in Node, against the artifact behind a fake gateway,
 * with simulated providers. What takes minutes runs with {@code -Pfull}.
 */
@Order(1) // it waits most of its time, while others compute
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeployedClientsIT {

    /** So slow that no busy machine makes it look as if words came at once. */
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(250);

    private static Path taskRoot;

    @RegisterExtension static final BeforeAllCallback unpacked = context -> taskRoot = TaskRoot.shared(context);

    @TempDir private Path folder;
    @TempDir private Path troubledFolder;
    @TempDir private Path files;

    private String log = "";

    @RegisterExtension final TestExecutionExceptionHandler showLog = (_, failure) -> {
        failure.addSuppressed(new AssertionError("the instances' log:\n" + log));
        throw failure;
    };

    @Test
    void theSdksStreamAndTellErrorsThroughTheGateway() throws Exception {
        ClientsInNode clients = ClientsInNode.install();
        try (SimulatedPool pool = SimulatedPool.start(InstantSource.system(), new Random(1));
                TroubledPool troubledPool = new TroubledPool(files);
                DeployedStack stack = new DeployedStack(taskRoot, folder, pool.document(), pool.keys());
                DeployedStack troubled = new DeployedStack(
                        taskRoot, troubledFolder, troubledPool.document(), troubledPool.keys())) {
            pool.providers().forEach(provider -> provider.setLatency(Duration.ZERO, Duration.ZERO));
            start(stack, 2);
            start(troubled, 1);
            try {
                clients.test(
                        Map.of(
                                "BALANCER_URL", stack.root().toString(),
                                "BALANCER_KEY", DeployedStack.CLIENT_KEY,
                                "TROUBLED_URL", troubled.root().toString(),
                                "SIMULATE_GPT_LIMITED_URL", troubledPool.simulate("gpt-limited"),
                                "SIMULATE_CLAUDE_LIMITED_URL", troubledPool.simulate("claude-limited")),
                        "openai.test.js", "openai-errors.test.js", "anthropic.test.js", "anthropic-errors.test.js");
            } finally {
                log = stack.log() + troubled.log();
            }
        }
    }

    @Test
    void theCheckOfWhatIsDeployedPasses() throws Exception {
        ClientsInNode clients = ClientsInNode.install();
        try (SimulatedPool pool = SimulatedPool.start(InstantSource.system(), new Random(1));
                HttpServer simulate = serve(pool);
                DeployedStack stack = new DeployedStack(taskRoot, folder, pool.document(), pool.keys())) {
            pool.providers().forEach(provider -> provider.setPause(BETWEEN_EVENTS));
            start(stack, 3);
            Map<String, String> environment = new HashMap<>(
                    Map.of(
                            "DEPLOYED_URL", stack.uri().toString(),
                            "DEPLOYED_KEY", DeployedStack.CLIENT_KEY,
                            "DEPLOYED_SIMULATE",
                            "http://127.0.0.1:" + simulate.address().getPort() + SimulatedPool.PATH));
            if (!Boolean.getBoolean("ailb.full")) {
                environment.put("DEPLOYED_SHORT", "1");
                System.out.println(
                        "SKIPPED: a stream of 120 s and 4 minutes of silence; ./mvnw -Pfull verify tries them");
            }
            try {
                clients.test(environment, "deployed.test.js");
            } finally {
                log = stack.log();
            }
        }
    }

    /** Where the providers are told how to behave. */
    private static HttpServer serve(SimulatedPool pool) throws IOException {
        ApiResponse refusal = new ApiResponse(400, Map.of(), new byte[0]);
        return HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000, pool::handle, _ -> refusal,
                _ -> refusal);
    }

    /** As many as calls come at once. */
    private static void start(DeployedStack stack, int instances) throws IOException {
        for (int i = 0; i < instances; i++) {
            stack.startInstance();
        }
    }
}
