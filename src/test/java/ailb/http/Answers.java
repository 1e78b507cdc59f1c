package ailb.http;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import java.util.function.Function;

/**
 * What a server answers with; see {@link HttpServer#start}.
 *
 * @param maxBodyBytes largest request body that is read for the handler
 */
record Answers(
        int maxBodyBytes,
        Function<ApiRequest, ? extends ApiAnswer> handler,
        Function<ApiRequest, ApiResponse> tooLarge,
        Function<ApiRequest, ApiResponse> failure) {}
