package ailb.aws;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** The container of AWS's services that the integration tests run against, where there is Docker. */
final class LocalStack {

    /** The last image that asks for no token. */
    private static final DockerImageName IMAGE = DockerImageName.parse("localstack/localstack:4.14.0");

    private LocalStack() {}

    static LocalStackContainer container(String... services) {
        return new LocalStackContainer(IMAGE).withServices(services);
    }

    static <B extends AwsClientBuilder<B, ?>> B at(LocalStackContainer container, B builder) {
        return builder.endpointOverride(container.getEndpoint())
                .region(Region.of(container.getRegion()))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(container.getAccessKey(), container.getSecretKey())));
    }

    /** Says that a class is skipped and why, which JUnit's reports on the console do not. Skips nothing itself. */
    static final class SkipNotice implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (!DockerClientFactory.instance().isDockerAvailable()) {
                System.err.println("SKIPPED " + context.getDisplayName() + ": it needs Docker, and there is none");
            }
            return ConditionEvaluationResult.enabled("only says so");
        }
    }
}
