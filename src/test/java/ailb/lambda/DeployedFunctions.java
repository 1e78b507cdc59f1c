package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.QueueMessage;
import ailb.lambda.LambdaInstance.QueueReply;
import ailb.lambda.LambdaInstance.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The deployable jar under the runtime interface client that Lambda itself runs, in processes of its own. */
@Timeout(120)
@ResourceLock(value = DeployedFunctions.LOCK, mode = ResourceAccessMode.READ)
public abstract class DeployedFunctions {

    /** For tests that keep every core busy: what is started here waits for no more than seconds. */
    public static final String LOCK = "deployed functions";

    /** As Lambda starts Java 25 where there is no snapshot. */
    static final String[] COLD_START = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};

    private static final String[] SNAP_START = {
        "-XX:+UseSerialGC", "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"
    };

    static final String API = "ApiFunction";
    static final String BATCH = "BatchFunction";

    private static Path taskRoot;

    @RegisterExtension static final BeforeAllCallback unpacked = context -> taskRoot = TaskRoot.shared(context);

    @TempDir Path folder;

    FakeAws aws;
    private final List<LambdaInstance> instances = new ArrayList<>();

    @RegisterExtension final TestExecutionExceptionHandler showOutput = (_, failure) -> {
        instances.forEach(instance -> failure.addSuppressed(new AssertionError("its log:\n" + instance.output())));
        throw failure;
    };

    @BeforeEach
    void start() throws Exception {
        aws = new FakeAws(folder);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (LambdaInstance instance : instances) {
            instance.kill();
        }
        aws.close();
        assertThat(instances).extracting(LambdaInstance::output)
                .allSatisfy(log -> assertThat(log)
                        .doesNotContain(FakeAws.CLIENT_KEY, FakeAws.ADMIN_KEY, FakeAws.OPENAI_KEY,
                                FakeAws.ANTHROPIC_KEY));
    }

    /**
     * Starts an instance.
     *
     * @param function its id in the template
     */
    LambdaInstance instance(String function) throws Exception {
        return started(function, aws.environment(function), COLD_START);
    }

    /** The same, up to the moment that its snapshot would be taken. */
    LambdaInstance instanceForSnapshot(String function) throws Exception {
        Map<String, String> environment = aws.environment(function);
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
        LambdaInstance instance = started(function, environment, SNAP_START);
        instance.awaitCheckpoint();
        return instance;
    }

    private LambdaInstance started(String function, Map<String, String> environment, String[] jvmOptions)
            throws Exception {
        String handler = new Template().text("Resources." + function + ".Properties.Handler");
        LambdaInstance instance = new LambdaInstance(taskRoot, handler, environment, jvmOptions);
        instances.add(instance);
        return instance;
    }

    static Reply get(LambdaInstance api, String path) throws Exception {
        return api.invoke(Events.get(path, FakeAws.CLIENT_KEY));
    }

    static Reply asAdmin(LambdaInstance api, String path) throws Exception {
        return api.invoke(Events.get(path, FakeAws.ADMIN_KEY));
    }

    /** Submits a batch of chats, and returns its path. */
    static String submit(LambdaInstance api, int lines) throws Exception {
        String body = IntStream.range(0, lines)
                .mapToObj("""
                        {"custom_id":"a-%d","method":"POST","url":"/v1/chat/completions","body":{"model":"chat",\
                        "messages":[{"role":"user","content":"What does a queue do?"}]}}
                        """::formatted)
                .collect(Collectors.joining());
        Reply submitted = api.invoke(Events.post("/v1/batches", body, FakeAws.CLIENT_KEY));
        assertThat(submitted.status()).isEqualTo(200);
        return "/v1/batches/" + submitted.body().path("id").asText();
    }

    /** The messages on the queue, of which there are so many. */
    List<QueueMessage> handedOut(int count) {
        List<QueueMessage> messages = new ArrayList<>();
        for (int tries = 0; tries < count && messages.size() < count; tries++) {
            messages.addAll(
                    aws.queues()
                            .receive(
                                    Math.min(10, count - messages.size()), Duration.ofMinutes(30),
                                    Duration.ofSeconds(2)));
        }
        assertThat(messages).hasSize(count);
        return messages;
    }

    /** Hands so many messages of the queue to an instance. */
    QueueReply work(LambdaInstance batch, int count) throws Exception {
        return batch.work(Events.handingOut(handedOut(count)));
    }
}
