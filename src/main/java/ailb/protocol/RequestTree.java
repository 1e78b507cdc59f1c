package ailb.protocol;

import ailb.protocol.error.ApiError;
import ailb.protocol.error.FieldFault;
import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Json;
import ailb.protocol.json.WrittenNumber;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/**
 * Reads a caller's JSON into a tree and stops at the first fault. A tree of many small values takes about thirty times
 * the memory of its bytes, so the number of values is limited. Objects and arrays with at most one element are stored
 * compactly and are immutable. Nobody may change the tree.
 */
final class RequestTree {

    /** UTF-16 units. */
    static final int LONGEST_NAME = 1000;

    /** Above the 300,000 token ids that OpenAI accepts in one embeddings request. */
    static final int MOST_VALUES = 500_000;

    /** Objects and arrays take the most memory. */
    static final int MOST_CONTAINERS = 100_000;

    private static final ObjectNode NO_MEMBERS = new ObjectNode(JsonNodeFactory.instance, Collections.emptyMap());
    private static final ArrayNode NO_ELEMENTS = new ArrayNode(JsonNodeFactory.instance, List.of());

    private final JsonParser parser;
    private int values;
    private int containers;

    RequestTree(JsonParser parser) {
        this.parser = parser;
    }

    /** A fault in the caller's JSON; the message is a sentence that names the path. */
    static final class FaultException extends IOException {

        private static final long serialVersionUID = 1L;

        private final transient ApiError error;

        private FaultException(ApiError error) {
            super(error.message());
            this.error = error;
        }

        ApiError error() {
            return error;
        }
    }

    /**
     * The field name at the parser's position. A duplicate is refused: providers differ in which of the two values they
     * use, so the value checked here might not be the one used there.
     *
     * @param object the members of the object that have been read so far
     */
    String nameIn(ObjectNode object) throws IOException {
        String name = parser.currentName();
        if (name.length() > LONGEST_NAME) {
            throw fault("has a name longer than " + LONGEST_NAME + " characters");
        }
        if (object.has(name)) {
            throw fault("is given more than once");
        }
        return name;
    }

    /** Reads the value that starts at the parser's current token, and nothing after it. */
    JsonNode value() throws IOException {
        if (++values > MOST_VALUES) {
            throw tooMany(MOST_VALUES + " values");
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> TextNode.valueOf(parser.getText());
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            case VALUE_NULL -> NullNode.instance;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("no value begins with " + token);
        };
    }

    private ObjectNode object() throws IOException {
        countContainer();
        if (parser.nextToken() != JsonToken.FIELD_NAME) {
            return NO_MEMBERS;
        }
        String first = nameIn(NO_MEMBERS);
        JsonNode value = nextValue();
        if (parser.nextToken() != JsonToken.FIELD_NAME) {
            return new ObjectNode(JsonNodeFactory.instance, Collections.singletonMap(first, value));
        }
        ObjectNode object = Json.object();
        object.set(first, value);
        do {
            object.set(nameIn(object), nextValue());
        } while (parser.nextToken() == JsonToken.FIELD_NAME);
        return object;
    }

    private JsonNode nextValue() throws IOException {
        parser.nextToken();
        return value();
    }

    private ArrayNode array() throws IOException {
        countContainer();
        if (parser.nextToken() == JsonToken.END_ARRAY) {
            return NO_ELEMENTS;
        }
        JsonNode first = value();
        if (parser.nextToken() == JsonToken.END_ARRAY) {
            return new ArrayNode(JsonNodeFactory.instance, List.of(first));
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode(2).add(first);
        do {
            array.add(value());
        } while (parser.nextToken() != JsonToken.END_ARRAY);
        return array;
    }

    private void countContainer() throws FaultException {
        if (++containers > MOST_CONTAINERS) {
            throw tooMany(MOST_CONTAINERS + " objects and arrays");
        }
    }

    private JsonNode integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
            case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
        };
    }

    private JsonNode fraction() throws IOException {
        String text = parser.getText();
        if (text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
            checkExponent();
        }
        return new WrittenNumber(text);
    }

    private void checkExponent() throws IOException {
        try {
            parser.getDecimalValue();
        } catch (NumberFormatException tooLarge) { // an exponent that no number type holds
            throw new StreamConstraintsException("a number is too large");
        }
    }

    private FaultException fault(String rule) {
        return new FaultException(new FieldFault(FieldPath.of(parser.getParsingContext()), rule).error());
    }

    private static FaultException tooMany(String most) {
        return new FaultException(ApiError.invalidRequest("The request body has more than " + most + ".", null));
    }
}
