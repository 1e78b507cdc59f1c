package ailb.protocol.error;

import ailb.pool.Provider;
import ailb.protocol.json.Json;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.WireProtocol;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads replies that are not streamed: the answer, or why there is none. */
public final class WholeReply {

    private WholeReply() {}

    /**
     * An answer.
     *
     * @param body in the caller's protocol
     * @param usage null where the provider gave none
     */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    public record Said(byte[] body, @Nullable Usage usage) {}

    /**
     * Reads a reply. Never throws, whatever the bytes.
     *
     * @param provider the protocol of the reply
     * @param callers the caller's protocol
     * @param answer reads the answer from JSON; returns empty where the JSON is not an answer to the request
     */
    public static ProviderReply read(
            Provider provider,
            Provider callers,
            int status,
            Headers headers,
            byte[] body,
            Instant now,
            Function<JsonNode, Optional<Said>> answer) {
        return read(provider, callers, status, headers, body, Json.parse(body), now, answer);
    }

    /**
     * Reads a reply that is already parsed.
     *
     * @param root the body's tree; empty where the body is not JSON
     */
    public static ProviderReply read(
            Provider provider,
            Provider callers,
            int status,
            Headers headers,
            byte[] body,
            Optional<JsonNode> root,
            Instant now,
            Function<JsonNode, Optional<Said>> answer) {
        List<Remaining> remaining = WireProtocol.of(provider).remaining(headers, now);
        Optional<Said> said = Failures.isFailure(status) ? Optional.empty() : root.flatMap(answer);
        if (said.isPresent()) {
            return new ProviderReply.Answer(said.get().body(), said.get().usage(), remaining);
        }
        ProviderError error = ProviderError.of(root, body);
        int refusal = Failures.isFailure(status) ? status : error.status().orElse(status);
        if (!Failures.isFailure(refusal)) {
            return Failures.notAnAnswer(status, remaining);
        }
        boolean isCallers =
                provider == callers && root.filter(JsonNode::isObject).isPresent() && !lacksCode(error, callers);
        byte[] words = isCallers ? body : error.toApiError(refusal).toJson(callers);
        return Failures.refused(refusal, headers, error, words, remaining, now);
    }

    /**
     * OpenAI's clients shorten a prompt that is too long if the error has the code. Not all compatible providers send
     * it.
     */
    private static boolean lacksCode(ProviderError error, Provider callers) {
        return callers == Provider.OPENAI
                && FailureClassifier.isTooLong(error)
                && !error.code().equals(ApiError.TOO_LONG);
    }
}
