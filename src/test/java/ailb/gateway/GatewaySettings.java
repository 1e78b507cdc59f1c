package ailb.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How the API is deployed.
 *
 * @param stage the first segment of the URL's path, without slashes
 * @param stageInUrl false behind a custom domain that maps its root to the stage: then the URL's whole path is the event's
 * @param resources of {@code /} and <code>/{proxy+}</code>, those that the API has, each with any method
 * @param binaryTypes media types of bodies that go into the event as base64, {@code type/subtype} or {@code type/*}
 * @param longestAnswer from the request to the end of the answer: {@code TimeoutInMillis}
 * @param longestSilence of the function: the idle timeout, which a REGIONAL API does not let one change
 */
public record GatewaySettings(
        String stage,
        boolean stageInUrl,
        Set<String> resources,
        List<String> binaryTypes,
        Duration longestAnswer,
        Duration longestSilence,
        HangUp hangUp) {

    static final String ROOT = "/";
    static final String PROXY = "/{proxy+}";

    /**
     * What the function learns of a caller that has hung up, which the gateway itself learns when it writes, or of an answer
     * that is cut off. AWS documents
     * only that a function may run on when a connection ends; users report that it does.
     */
    public enum HangUp {

        /** The gateway drops its connection to the function at once: the function's next write fails. Assumed. */
        ENDS_THE_CALL,

        /** The gateway reads on and throws away: the function is never told. Reported by users. */
        IS_NOT_TOLD
    }

    public GatewaySettings {
        resources = Set.copyOf(resources);
        binaryTypes = List.copyOf(binaryTypes);
    }

    /** As the stack's template deploys it. */
    public static GatewaySettings deployed() {
        return new GatewaySettings(
                "v1",
                true,
                Set.of(ROOT, PROXY),
                List.of("multipart/form-data", "application/octet-stream", "audio/*", "image/*"),
                Duration.ofMinutes(15),
                Duration.ofMinutes(5),
                HangUp.ENDS_THE_CALL);
    }

    public GatewaySettings with(HangUp other) {
        return new GatewaySettings(
                stage, stageInUrl, resources, binaryTypes, longestAnswer, longestSilence, other);
    }

    public GatewaySettings behindCustomDomain() {
        return new GatewaySettings(stage, false, resources, binaryTypes, longestAnswer, longestSilence, hangUp);
    }

    public GatewaySettings withResources(String... others) {
        return new GatewaySettings(
                stage, stageInUrl, Set.of(others), binaryTypes, longestAnswer, longestSilence, hangUp);
    }
}
