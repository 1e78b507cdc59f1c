package ailb.aws;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** Clients of the SDK that call a server of a test. */
final class OnLoopback {

    private OnLoopback() {}

    static <B extends AwsClientBuilder<B, ?>> B at(URI server, B builder) {
        return builder.endpointOverride(server)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
    }
}
