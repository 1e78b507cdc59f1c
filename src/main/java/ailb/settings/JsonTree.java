package ailb.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses bytes into a JSON tree. Written by hand because a mapper stops at the first duplicate key. It has its own
 * messages for malformed JSON: Jackson's name its classes and quote the file, which may contain a key.
 */
final class JsonTree {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(20).build())
            .build();

    private static final Pattern UNEXPECTED = Pattern.compile("Unexpected character \\('([!-~])'.*", Pattern.DOTALL);

    private final JsonParser json;
    private final Problems problems;

    private JsonTree(JsonParser json, Problems problems) {
        this.json = json;
        this.problems = problems;
    }

    /**
     * Reads the tree. Duplicate keys become problems, and the first value is kept.
     *
     * @throws PoolFileException with line and column, if the file is not JSON
     */
    static JsonNode read(byte[] file, Problems problems) {
        try (JsonParser json = FACTORY.createParser(file)) {
            return new JsonTree(json, problems).file();
        } catch (IOException e) {
            throw new PoolFileException(List.of("(whole file): is not text in UTF-8"));
        }
    }

    private JsonNode file() throws IOException {
        try {
            if (json.nextToken() == null) {
                throw malformed(json.currentLocation(), "the file is empty; it must hold an object");
            }
            JsonNode tree = value("");
            if (json.nextToken() != null) {
                throw malformed(json.currentTokenLocation(),
                        "more follows after the end; the file must hold one object");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw malformed(Objects.requireNonNullElse(e.getLocation(), json.currentLocation()), complaint(e));
        }
    }

    private JsonNode value(String path) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(path);
            case START_ARRAY -> array(path);
            case VALUE_STRING -> TextNode.valueOf(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            case VALUE_NULL -> NullNode.instance;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("no value begins with " + json.currentToken());
        };
    }

    private JsonNode object(String path) throws IOException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            String fieldPath = JsonField.fieldPath(path, name);
            if (object.has(name)) {
                problems.add(fieldPath, "is given more than once; give it once");
            }
            json.nextToken();
            JsonNode value = value(fieldPath);
            object.putIfAbsent(name, value);
        }
        return object;
    }

    private JsonNode array(String path) throws IOException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(JsonField.elementPath(path, array.size())));
        }
        return array;
    }

    private JsonNode number() throws IOException {
        try {
            return DecimalNode.valueOf(json.getDecimalValue());
        } catch (NumberFormatException e) {
            throw malformed(json.currentTokenLocation(), "not a number; its exponent is out of range");
        }
    }

    private static PoolFileException malformed(JsonLocation at, String complaint) {
        return new PoolFileException(
                List.of("line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + complaint));
    }

    private static String complaint(JsonProcessingException e) {
        if (e instanceof JsonEOFException) {
            return "the file ends too early; look for a missing quote, brace or bracket";
        }
        if (e instanceof StreamConstraintsException) {
            return "nested too deeply, or a name, text or number is too long";
        }
        Matcher unexpected = UNEXPECTED.matcher(e.getOriginalMessage());
        String what = unexpected.matches() ? "unexpected '" + unexpected.group(1) + "'" : "not JSON";
        return what + "; look here and just before for a missing or extra comma, quote, brace or bracket";
    }
}
