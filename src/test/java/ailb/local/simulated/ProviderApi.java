package ailb.local.simulated;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A provider's API as one account sees it: its words, its headers, its way to keep limits. Safe for many threads. */
interface ProviderApi {

    /** What is said at a path. */
    Optional<Dialect> at(String path);

    /** The API key a request brings. */
    Optional<String> key(ApiRequest request);

    /** What is wrong with a request before its body is read. */
    Optional<Fault> headFault(ApiRequest request);

    /** Counts a call against the limits at once; the refusal where one has no room. */
    Optional<ApiResponse> take(Call call, Instant now);

    /** Headers that tell what is left of the limits. */
    Map<String, String> limitHeaders(Instant now);

    /** An answer, or whatever else is JSON. */
    ApiResponse reply(int status, ObjectNode body, Map<String, String> headers);

    ApiResponse refused(Fault fault);

    /** Refuses for a limit, whatever is left of it. */
    ApiResponse rateLimited(Duration retryAfter, Instant now);

    /** Refuses a key; empty for none at all. */
    ApiResponse wrongKey(Optional<String> key);

    ApiResponse notJson();

    ApiResponse unknownModel(String model);

    ApiResponse unknownPath(String method, String path);

    ApiResponse serverError();

    ApiResponse overloaded();

    /** Units that fit now, by the name of the limit. */
    Map<String, Long> remaining(Instant now);
}
