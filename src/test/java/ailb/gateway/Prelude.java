package ailb.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an answer begins with: status and headers. Documented are the four fields, that headers are strings, and that of a
 * header which is in both maps the values of {@code multiValueHeaders} hold. Assumed is that everything else is refused;
 * AWS may be more patient.
 */
record Prelude(int status, List<Header> headers) {

    private static final Set<String> FIELDS = Set.of("statusCode", "headers", "multiValueHeaders", "cookies");

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** @throws MalformedAnswerException with what is wrong */
    static Prelude parse(String text) throws MalformedAnswerException {
        JsonNode json = read(text);
        check(json.isObject(), "the prelude is not a JSON object");
        for (var field : json.properties()) {
            check(FIELDS.contains(field.getKey()), "the prelude has a field '" + field.getKey() + "'");
        }
        JsonNode status = json.path("statusCode");
        check(
                status.isInt() && status.intValue() >= 200 && status.intValue() <= 599,
                "statusCode must be a number from 200 to 599");
        List<Header> headers = new ArrayList<>();
        addMultiValueHeaders(json.path("multiValueHeaders"), headers);
        addHeaders(json.path("headers"), headers);
        addCookies(json.path("cookies"), headers);
        return new Prelude(status.intValue(), List.copyOf(headers));
    }

    private static JsonNode read(String text) throws MalformedAnswerException {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MalformedAnswerException(GatewayError.BAD_ANSWER, "the prelude is not JSON");
        }
    }

    private static void addMultiValueHeaders(JsonNode given, List<Header> headers) throws MalformedAnswerException {
        check(given.isMissingNode() || given.isObject(), "multiValueHeaders must be an object");
        for (var entry : given.properties()) {
            check(entry.getValue().isArray(), "multiValueHeaders." + entry.getKey() + " must be a list");
            for (JsonNode value : entry.getValue()) {
                headers.add(header(entry.getKey(), value));
            }
        }
    }

    private static void addHeaders(JsonNode given, List<Header> headers) throws MalformedAnswerException {
        check(given.isMissingNode() || given.isObject(), "headers must be an object");
        List<Header> repeated = List.copyOf(headers);
        for (var entry : given.properties()) {
            Header header = header(entry.getKey(), entry.getValue());
            if (repeated.stream().noneMatch(other -> other.isNamed(header.name()))) {
                headers.add(header);
            }
        }
    }

    private static void addCookies(JsonNode given, List<Header> headers) throws MalformedAnswerException {
        check(given.isMissingNode() || given.isArray(), "cookies must be a list");
        for (JsonNode cookie : given) {
            headers.add(header("Set-Cookie", cookie));
        }
    }

    private static Header header(String name, JsonNode value) throws MalformedAnswerException {
        check(value.isTextual(), "the header " + name + " is not a string");
        check(
                !name.isBlank() && (name + value.textValue()).chars().noneMatch(c -> c == '\r' || c == '\n'),
                "the header " + name + " cannot be sent");
        return new Header(name, value.textValue());
    }

    private static void check(boolean holds, String otherwise) throws MalformedAnswerException {
        if (!holds) {
            throw new MalformedAnswerException(GatewayError.BAD_ANSWER, otherwise);
        }
    }
}
