package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What each function asks AWS for when it does all that it can, against what its role in the template allows. */
class RolesIT extends DeployedFunctions {

    /** What Lambda itself does with the queue, in the function's role. */
    private static final Set<String> BY_LAMBDA = Set.of(
            "sqs:DeleteMessage BatchQueue", "sqs:GetQueueAttributes BatchQueue", "sqs:ReceiveMessage BatchQueue");

    @Test
    void asksAwsForWhatItsRoleAllowsAndNothingElse() throws Exception {
        LambdaInstance api = instance(API);
        LambdaInstance worker = instance(BATCH);
        for (String name : Events.requests()) {
            api.invoke(Events.now(name, FakeAws.CLIENT_KEY));
        }
        for (String name : Events.ofQueues()) {
            worker.work(Events.recorded(name));
        }
        String done = submit(api, 2);
        work(worker, 1);
        work(worker, 2);
        submit(api, 1);
        work(worker, 1);
        aws.openai().refuse(Duration.ofSeconds(40));
        work(worker, 1);
        for (String path : List.of("/v1/batches", done, done + "/results")) {
            assertThat(get(api, path).status()).isEqualTo(200);
        }

        assertThat(allowed("ApiRole")).isEqualTo(aws.calls(API));
        Set<String> called = new HashSet<>(aws.calls(BATCH));
        called.addAll(BY_LAMBDA);
        assertThat(allowed("BatchRole")).isEqualTo(called);
    }

    /** But for the log, which Lambda writes. */
    private static Set<String> allowed(String role) throws Exception {
        Set<String> permissions = new HashSet<>();
        new Template().permissions(role)
                .filter(permission -> !permission.startsWith("logs:"))
                .forEach(permissions::add);
        return permissions;
    }
}
