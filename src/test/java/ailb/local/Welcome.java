package ailb.local;

import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Pool;
import java.net.URI;
import java.util.Locale;
import java.util.OptionalLong;

/** What the server says when it is up: what it serves, and commands that work as pasted. */
record Welcome(URI server, URI queue, URI deadLetters, LocalSettings settings, Pool pool) {

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("\nAI load balancer at ").append(server).append(", state in ").append(state()).append(".\n\n");
        if (settings.poolFile().isPresent()) {
            text.append("The pool of ").append(settings.poolFile().get()).append(":\n");
        } else {
            text.append("No POOL_FILE is set, so these providers are simulated. They keep their limits.\n");
        }
        pool.endpoints().forEach(endpoint -> text.append(line(endpoint)));
        text.append("\nCall it:\n  ").append(call());
        text.append("\nSubmit a batch:\n  ").append(submit());
        text.append("\nPut a request on the queue:\n  ").append(send());
        text.append("\nFor aws sqs, in a terminal of its own, as it has no account of yours there:\n  ")
                .append(client());
        text.append(
                "\nSee the pool, with the admin's key, which is needed for spend, for everybody's batches and for what was"
                        + " put on the queue:\n  curl ")
                .append(server)
                .append("/v1/pool -H ")
                .append(adminAuthorization());
        if (settings.poolFile().isEmpty()) {
            text.append("\nMake a provider fail for a minute (or: overloaded, hang, slow, unauthorized, garbage,"
                    + " break_off, rate_limited; ok ends it):\n  ").append(fail());
        }
        return text.append("\n\nCtrl-C ends it. Requests:").toString();
    }

    private String state() {
        return switch (settings.state()) {
            case DYNAMODB -> "an embedded DynamoDB Local";
            case MEMORY -> "memory";
        };
    }

    private static String line(Endpoint endpoint) {
        OptionalLong requests = endpoint.limits().of(LimitKind.REQUESTS_PER_MINUTE);
        return String.format(
                Locale.ROOT,
                "  %-18s %-10s weight %-4s %-20s serves %s%n",
                endpoint.name(),
                endpoint.provider().name().toLowerCase(Locale.ROOT),
                endpoint.weight(),
                requests.isPresent() ? requests.getAsLong() + " requests/min" : "",
                String.join(", ", endpoint.models()));
    }

    private String call() {
        return "curl " + server + "/v1/chat/completions -H " + authorization() + " -d " + quoted(chat());
    }

    private String submit() {
        return "curl " + server + "/v1/batches -H " + authorization() + " -d "
                + quoted("[{\"custom_id\":\"a-1\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                        + chat() + "}]");
    }

    private String send() {
        return "curl " + queue + " -d Action=SendMessage --data-urlencode "
                + quoted("MessageBody={\"id\":\"hello-1\",\"body\":" + chat() + "}");
    }

    /**
     * What the commands in README and docs/batches.md use. Keys of no account, so that none is asked for, and a region that is none: for each it
     * knows version 1 of the AWS CLI has an address of its own, whatever it is told.
     */
    private String client() {
        return "export BASE=" + server + "/v1 AUTH=" + authorization() + " ADMIN=" + adminAuthorization() + " QUEUE="
                + queue + " DEAD=" + deadLetters
                + " AWS_ENDPOINT_URL_SQS=" + queue.resolve("/")
                + " AWS_DEFAULT_REGION=local AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test";
    }

    private String chat() {
        return "{\"model\":\"" + pool.models().getFirst()
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    }

    private String fail() {
        return "curl -X PUT " + server + SimulatedPool.PATH + "/" + pool.endpoints().getFirst().name() + " -d "
                + quoted("{\"mode\":\"fail\",\"for_seconds\":60}");
    }

    private String authorization() {
        return bearing(settings.clientKey());
    }

    private String adminAuthorization() {
        return bearing(settings.adminKey());
    }

    private static String bearing(String key) {
        return quoted("Authorization: Bearer " + key);
    }

    /** For a POSIX shell. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
