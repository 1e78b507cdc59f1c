package ailb.local.simulated;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A provider's API as one account sees it: its words, its headers, its way to keep limits. Safe for many threads. */
interface ProviderApi {

    /** Where chats are posted. */
    String path();

    /** The API key a request brings. */
    Optional<String> key(ApiRequest request);

    /** What is wrong with a request, where something is. */
    Optional<ApiResponse> fault(ApiRequest request, JsonNode body);

    /** Counts a call against the limits at once; the refusal where one has no room. */
    Optional<ApiResponse> take(Call call, Instant now);

    ApiResponse answer(Call call, Instant now);

    /**
     * The same as events. Only where {@link #fault} lets a stream pass.
     *
     * @param pause what passes between two events
     */
    ApiResponse stream(Call call, JsonNode body, Instant now, Runnable pause);

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
