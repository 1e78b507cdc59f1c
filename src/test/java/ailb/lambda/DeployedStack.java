package ailb.lambda;

import ailb.gateway.FakeGateway;
import ailb.gateway.GatewaySettings;
import ailb.runtime.FakeApi;
import ailb.runtime.RuntimeProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is deployed, on loopback: a gateway, a Runtime API, and instances of the function in processes of their own, which
 * the artifact's script has started. The fakes of AWS's services are there too; the providers are the pool's.
 */
public final class DeployedStack implements AutoCloseable {

    /** The one client key. */
    public static final String CLIENT_KEY = FakeAws.CLIENT_KEY;

    private final Path taskRoot;
    private final FakeAws aws;
    private final FakeApi runtimeApi = new FakeApi();
    private final FakeGateway gateway;
    private final FakeGateway customDomain;
    private final List<RuntimeProcess> instances = new ArrayList<>();

    /**
     * Without an instance yet.
     *
     * @param taskRoot where the artifact was unpacked to
     * @param folder for files, empty
     * @param pool what is in its file
     * @param providerKeys by their names
     */
    public DeployedStack(Path taskRoot, Path folder, String pool, Map<String, String> providerKeys) throws Exception {
        this.taskRoot = taskRoot;
        aws = new FakeAws(folder);
        aws.writePool(pool);
        aws.putProviderKeys(providerKeys);
        StreamedInvocations function = new StreamedInvocations(runtimeApi);
        gateway = FakeGateway.start(function);
        customDomain = FakeGateway.start(function, GatewaySettings.deployed().behindCustomDomain());
    }

    /** Starts an instance, which takes requests as soon as it can. */
    public RuntimeProcess startInstance() throws IOException {
        return startInstance("on-demand");
    }

    /** Starts an instance up to its snapshot, and goes on from it. */
    RuntimeProcess restoreInstance() throws Exception {
        RuntimeProcess instance = startInstance("snap-start");
        runtimeApi.awaitCheckpoint();
        runtimeApi.restore();
        return instance;
    }

    private RuntimeProcess startInstance(String initializationType) throws IOException {
        Map<String, String> variables = environment();
        variables.put("AWS_LAMBDA_RUNTIME_API", runtimeApi.authority());
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", initializationType);
        RuntimeProcess instance = new RuntimeProcess(taskRoot, handler(), variables);
        instances.add(instance);
        return instance;
    }

    /** The same function under Lambda's own runtime client, beside the instances. */
    LambdaInstance startUnderStockRuntime() throws Exception {
        Map<String, String> variables = environment();
        variables.remove("AWS_LAMBDA_EXEC_WRAPPER");
        return new LambdaInstance(taskRoot, handler(), variables, DeployedFunctions.COLD_START);
    }

    /** What the template and Lambda set. */
    private Map<String, String> environment() throws IOException {
        Map<String, String> variables = aws.environment(DeployedFunctions.API);
        variables.put("AWS_SECRET_ACCESS_KEY", "test");
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
        return variables;
    }

    private static String handler() throws IOException {
        return new Template().text("Resources." + DeployedFunctions.API + ".Properties.Handler");
    }

    /** The base of OpenAI's clients: it ends with the stage. */
    public URI uri() {
        return gateway.uri();
    }

    /** The gateway's host alone. */
    public URI root() {
        return gateway.root();
    }

    /** A domain of one's own, whose root is mapped to the stage. */
    URI customDomain() {
        return customDomain.root();
    }

    /** What the gateway did not hand on, and why. */
    List<String> complaints() {
        return gateway.complaints();
    }

    /** What all instances have printed so far. */
    public String log() {
        return instances.stream().map(RuntimeProcess::output).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws IOException {
        try {
            for (RuntimeProcess instance : instances) {
                instance.kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gateway.close();
        customDomain.close();
        runtimeApi.close();
        aws.close();
    }
}
