package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A JSON object whose members keep their original bytes: numbers, escapes and the order of keys do not change. */
public final class RawObject {

    private final Map<String, byte[]> members;

    private RawObject(Map<String, byte[]> members) {
        this.members = members;
    }

    /** The result of reading an object. */
    public sealed interface Reading {}

    public record Valid(RawObject object) implements Reading {}

    /** @param problem what is wrong and where, without the contents; follows a colon */
    public record Invalid(String problem) implements Reading {}

    /** Reads one whole object. Never throws, whatever the bytes. */
    public static Reading read(byte[] json) {
        if (!Utf8.isValid(json)) {
            return new Invalid("it is not UTF-8");
        }
        CallersText text = new CallersText(json);
        try (JsonParser parser = text.parser()) {
            return read(json, text, parser);
        } catch (StreamConstraintsException tooMuch) {
            return new Invalid(
                    "it nests deeper than " + Json.MAX_DEPTH + " levels, or has a name or number that is too long");
        } catch (IOException malformed) {
            return new Invalid("it is not valid JSON" + Json.place(malformed));
        }
    }

    private static Reading read(byte[] json, CallersText text, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return new Invalid("it is not a JSON object");
        }
        Map<String, byte[]> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (members.containsKey(name)) {
                return new Invalid("'" + FieldPath.name(name) + "' is given more than once");
            }
            parser.nextToken();
            int start = text.start(parser);
            parser.skipChildren(); // a member is parsed when it is used
            int end = text.end(parser);
            members.put(name, Arrays.copyOfRange(json, start, end));
        }
        return parser.nextToken() == null
                ? new Valid(new RawObject(members))
                : new Invalid("there is more after its end");
    }

    public Set<String> names() {
        return members.keySet();
    }

    /** The member's original bytes, which must not be changed. Empty where it is missing or null. */
    public Optional<byte[]> raw(String name) {
        return Optional.ofNullable(members.get(name)).filter(value -> value[0] != 'n');
    }

    /** The member, where it is a string. */
    public Optional<String> text(String name) {
        return raw(name).filter(value -> value[0] == '"').flatMap(Json::parse).map(JsonNode::textValue);
    }

    /** The member, where it is a whole number from 0 to 2^31 - 1. */
    public Optional<Integer> count(String name) {
        return raw(name).filter(value -> value[0] >= '0' && value[0] <= '9')
                .flatMap(Json::parse)
                .filter(Json::isCount)
                .map(JsonNode::intValue);
    }
}
