package ailb.protocol;

import ailb.protocol.error.ApiError;
import ailb.protocol.json.CallersText;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.json.Utf8;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Parses bytes into a {@link RequestBody} in one pass: the tree and the positions of its members. Errors name the place
 * and never the contents, so the parser's own messages are not used.
 */
final class RequestReader {

    private RequestReader() {}

    /**
     * @param rules returns the first fault of a body; called before {@code request}
     * @param request creates the request from a valid body
     */
    static Parsed read(
            byte[] body,
            Function<ObjectNode, Optional<ApiError>> rules,
            Function<RequestBody, ModelRequest> request) {
        // The parser accepts some malformed UTF-8, but the bytes are passed on unchanged and must be valid.
        if (!Utf8.isValid(body)) {
            return invalid(ApiError.invalidJson("it is not UTF-8"));
        }
        CallersText text = new CallersText(body);
        try (JsonParser parser = text.parser()) {
            return read(body, text, parser, rules, request);
        } catch (RequestTree.FaultException fault) {
            return invalid(fault.error());
        } catch (StreamConstraintsException tooMuch) {
            return invalid(ApiError.invalidRequest("The request body nests deeper than " + Json.MAX_DEPTH
                    + " levels, or has a name or number that is too long.", null));
        } catch (IOException malformed) {
            return invalid(ApiError.invalidJson("there is an error" + Json.place(malformed)));
        }
    }

    private static Parsed read(
            byte[] body,
            CallersText text,
            JsonParser parser,
            Function<ObjectNode, Optional<ApiError>> rules,
            Function<RequestBody, ModelRequest> request) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return invalid(ApiError.invalidRequest("The request body must be a JSON object.", null));
        }
        ObjectNode root = Json.object();
        RequestTree tree = new RequestTree(parser);
        Map<String, RequestBody.Span> members = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = tree.nameIn(root);
            parser.nextToken();
            int start = text.start(parser);
            root.set(name, tree.value());
            members.put(name, new RequestBody.Span(start, text.end(parser)));
        }
        if (parser.nextToken() != null) {
            return invalid(ApiError.invalidJson("there is more after its end"));
        }
        RequestBody read = new RequestBody(body, root, members);
        return rules.apply(root)
                .map(RequestReader::invalid)
                .orElseGet(() -> new Parsed.Valid(request.apply(read)));
    }

    private static Parsed invalid(ApiError error) {
        return new Parsed.Invalid(error);
    }
}
