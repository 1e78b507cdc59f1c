package ailb.local;

import ailb.lambda.DeployedStack;
import ailb.lambda.TaskRoot;
import ailb.local.simulated.SimulatedProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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

    private static final boolean FULL = Boolean.getBoolean("ailb.full");

    /** So slow that no busy machine makes it look as if words came at once. */
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(250);

    /** It is repeated in the answer, word by word: 175 s. */
    private static final String LONG_PROMPT = "word ".repeat(700);

    private static final Duration THOUGHT = Duration.ofSeconds(250);
    private static final long LIMIT = 1_000_000;

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
                SimulatedProvider thinker = SimulatedProvider.openAi(
                        "thinker", LIMIT, LIMIT, InstantSource.system(), new Random(1));
                DeployedStack stack = new DeployedStack(
                        taskRoot, folder, withThinker(pool.document(), thinker), keys(pool, thinker))) {
            pool.providers().forEach(provider -> provider.setPause(BETWEEN_EVENTS));
            thinker.setLatency(THOUGHT, THOUGHT);
            start(stack, 3);
            Map<String, String> environment = new HashMap<>(
                    Map.of(
                            "DEPLOYED_URL", stack.uri().toString(),
                            "DEPLOYED_KEY", DeployedStack.CLIENT_KEY,
                            "DEPLOYED_LONG_PROMPT", LONG_PROMPT,
                            "DEPLOYED_REASONING_MODEL", "thinker"));
            if (!FULL) {
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

    /** As many as calls come at once. */
    private static void start(DeployedStack stack, int instances) throws IOException {
        for (int i = 0; i < instances; i++) {
            stack.startInstance();
        }
    }

    private static String withThinker(String document, SimulatedProvider thinker) throws IOException {
        ObjectNode pool = (ObjectNode) new JsonMapper().readTree(document);
        pool.withArrayProperty("endpoints")
                .addObject()
                .put("name", thinker.name())
                .put("provider", "openai")
                .put("base_url", thinker.baseUrl().toString())
                .put("model_id", thinker.model())
                .put("api_key", thinker.name())
                .putArray("models")
                .add("thinker");
        return pool.toString();
    }

    private static Map<String, String> keys(SimulatedPool pool, SimulatedProvider thinker) {
        Map<String, String> keys = new HashMap<>(pool.keys());
        keys.put(thinker.name(), thinker.key());
        return keys;
    }
}
