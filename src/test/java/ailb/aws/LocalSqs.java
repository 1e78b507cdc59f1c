package ailb.aws;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import org.apache.pekko.actor.ActorSystem;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;

/** ElasticMQ, SQS in this JVM: one for all who ask, in memory, at a free port of 127.0.0.1, on threads that are daemons. */
public final class LocalSqs {

    private static final String SETTINGS = """
            pekko { daemonic = on, jvm-exit-on-fatal-error = off, loglevel = OFF, stdout-loglevel = OFF
              log-dead-letters = off, coordinated-shutdown.run-by-jvm-shutdown-hook = off }
            """;

    private LocalSqs() {}

    private static final class Holder {

        private static final URI ENDPOINT = started();
        private static final SqsClient CLIENT = clientAt(ENDPOINT);

        private static URI started() {
            // Among others it complains of clients that end while they wait for messages.
            System.setProperty("org.slf4j.simpleLogger.log.org.elasticmq", "off");
            ActorSystem system = ActorSystem.create(
                    "sqs", ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load()));
            int port = SQSRestServerBuilder.withActorSystem(system)
                    .withInterface("127.0.0.1")
                    .withDynamicPort()
                    .start()
                    .waitUntilStarted()
                    .localAddress()
                    .getPort();
            return URI.create("http://127.0.0.1:" + port);
        }
    }

    /** Not to be closed. */
    public static SqsClient client() {
        return Holder.CLIENT;
    }

    /** Where it is served. */
    public static URI endpoint() {
        return Holder.ENDPOINT;
    }

    /** A client as in production, for a server that knows no credentials. */
    static SqsClient clientAt(URI endpoint) {
        return OnLoopback.at(endpoint, AwsClients.sqsBuilder()).build();
    }
}
