package ailb.aws;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.pekko.actor.ActorSystem;
import org.elasticmq.NodeAddress;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * ElasticMQ, SQS in this JVM: one for all who ask, in memory, at a free port of 127.0.0.1, on threads that are daemons. It
 * would answer web pages too and has no hook to refuse them. So it serves nothing but at a path that nobody can guess, and
 * is called through a front.
 */
public final class LocalSqs {

    private static final String SETTINGS = """
            pekko { daemonic = on, jvm-exit-on-fatal-error = off, loglevel = OFF, stdout-loglevel = OFF
              log-dead-letters = off, coordinated-shutdown.run-by-jvm-shutdown-hook = off }
            """;

    private LocalSqs() {}

    private static final class Holder {

        private static final String PATH = "/" + secret();
        private static final SqsFront FRONT = SqsFront.start(PATH);
        private static final SqsClient CLIENT = clientAt(started().resolve(PATH));

        /** 128 bits. */
        private static String secret() {
            byte[] bytes = new byte[16];
            new SecureRandom().nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        }

        private static URI started() {
            // Among others it complains of clients that end while they wait for messages.
            System.setProperty("org.slf4j.simpleLogger.log.org.elasticmq", "off");
            ActorSystem system = ActorSystem.create(
                    "sqs", ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load()));
            int port = SQSRestServerBuilder.withActorSystem(system)
                    .withInterface("127.0.0.1")
                    .withDynamicPort()
                    .withServerAddress(new NodeAddress("http", "127.0.0.1", FRONT.port(), PATH))
                    .start()
                    .waitUntilStarted()
                    .localAddress()
                    .getPort();
            URI address = URI.create("http://127.0.0.1:" + port);
            FRONT.leadTo(address);
            return address;
        }
    }

    /** Not to be closed. */
    public static SqsClient client() {
        return Holder.CLIENT;
    }

    /** Where it is served to others. */
    public static URI endpoint() {
        return URI.create("http://127.0.0.1:" + Holder.FRONT.port());
    }

    /** A client as in production, for a server that knows no credentials. */
    static SqsClient clientAt(URI endpoint) {
        return OnLoopback.at(endpoint, AwsClients.sqsBuilder()).build();
    }
}
