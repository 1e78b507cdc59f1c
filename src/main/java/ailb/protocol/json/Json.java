package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Optional;

/** The one JSON mapper of this package, set up for input that nobody vouches for. */
public final class Json {

    /** Levels a document may nest: far more than any real request or reply, far less than a stack holds. */
    public static final int MAX_DEPTH = 200;

    /**
     * Names, values, and ends of objects and arrays in a document. A tree takes up to 70 bytes for each, and a reply of
     * 16 MB may have millions.
     */
    static final int MAX_TOKENS = 1_200_000;

    /** Bytes of a name in a reply. The parser remembers thousands of them, for all replies. */
    private static final int MAX_NAME = 4096;

    /**
     * The parser would take what looks like UTF-16 or UTF-32 for that; and it interns names, which a caller picks. Its
     * buffers are shared by all threads: those of a virtual thread would be new for each request.
     */
    private static final JsonFactory FACTORY = factory().build();

    /** Remembers no names: a caller picks them, and the time it takes to remember long ones grows with their square. */
    private static final JsonFactory CALLERS =
            factory().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /** Of documents that are looked through, and no tree is made of. */
    private static final JsonFactory LARGE = factory().streamReadConstraints(constraints().build()).build();

    private static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder()
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                .streamReadConstraints(constraints().maxTokenCount(MAX_TOKENS).build());
    }

    private static StreamReadConstraints.Builder constraints() {
        return StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNameLength(MAX_NAME);
    }

    /** Numbers keep every digit they are written with: 1.10 stays that, and so does what no double holds. */
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final ObjectReader WHOLE = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    /** A parser of what a caller sent. */
    static JsonParser parser(String json) throws IOException {
        return CALLERS.createParser(json);
    }

    /** Whether there is a member of this name, at any depth. */
    public static boolean hasAnywhere(JsonNode value, String name) {
        if (value.isEmpty()) {
            return false;
        }
        return value instanceof ArrayNode array ? hasAnywhere(array, name) : hasAnywhere((ObjectNode) value, name);
    }

    private static boolean hasAnywhere(ArrayNode array, String name) {
        boolean has = false;
        for (int i = 0; i < array.size() && !has; i++) {
            has = hasAnywhere(array.get(i), name);
        }
        return has;
    }

    private static boolean hasAnywhere(ObjectNode object, String name) {
        if (object.has(name)) {
            return true;
        }
        for (JsonNode member : object) {
            if (hasAnywhere(member, name)) {
                return true;
            }
        }
        return false;
    }

    /** The document, or empty where the bytes are not one JSON value. */
    public static Optional<JsonNode> parse(byte[] json) {
        return parse(() -> WHOLE.readTree(json));
    }

    /**
     * The document without what an object at its top has under this name, of which an empty array is left: millions of
     * numbers, say, that nobody looks at.
     */
    public static Optional<JsonNode> parseWithout(String name, byte[] json) {
        try (JsonParser parser = LARGE.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return parse(json);
            }
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            int copied = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isLeftOut = parser.currentName().equals(name);
                if (parser.nextToken() == JsonToken.START_ARRAY && isLeftOut) {
                    int start = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    rest.write(json, copied, start + 1 - copied);
                    copied = (int) parser.currentTokenLocation().getByteOffset();
                } else {
                    parser.skipChildren();
                }
            }
            rest.write(json, copied, json.length - copied);
            return parse(rest.toByteArray());
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    /** The same of a document in a string. */
    public static Optional<JsonNode> parse(String json) {
        return parse(() -> WHOLE.readTree(CALLERS.createParser(json)));
    }

    private static Optional<JsonNode> parse(Reading reading) {
        try {
            JsonNode root = reading.root();
            return root.isMissingNode() ? Optional.empty() : Optional.of(root);
        } catch (IOException | NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    /** Whether the text is one object, that can be read from bytes too; none is made. */
    public static boolean isObject(String json) {
        try (JsonParser parser = CALLERS.createParser(json)) {
            return isObject(parser);
        } catch (IOException malformed) {
            return false;
        }
    }

    /**
     * Where the text is not such an object, or one with a name given twice, of which nobody knows which is meant.
     *
     * @return the path of the first fault, from the object: {@code .a[1].b}; empty where it is the object itself
     */
    public static Optional<String> objectFault(String json) {
        try (JsonParser parser = CALLERS.createParser(json)) {
            parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            if (isObject(parser)) {
                return Optional.empty();
            }
            String path = FieldPath.of(parser.getParsingContext());
            return Optional.of(path.isEmpty() || path.startsWith("[") ? "" : "." + path);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a text that cannot be read", impossible);
        }
    }

    private static boolean isObject(JsonParser parser) {
        try {
            return parser.nextToken() == JsonToken.START_OBJECT && isReadable(parser) && parser.nextToken() == null;
        } catch (IOException | NumberFormatException malformed) {
            return false;
        }
    }

    /** A value as the text is written, which has to be JSON. */
    public static JsonNode raw(String json) {
        return new POJONode(new RawValue(Utf8.encodable(json)));
    }

    /** A name with half a surrogate pair can be read from a string, but not from the bytes it is sent as. */
    private static boolean isReadable(JsonParser parser) throws IOException {
        boolean isReadable = true;
        while (isReadable && !parser.getParsingContext().inRoot()) {
            JsonToken token = parser.nextToken();
            isReadable = token != JsonToken.FIELD_NAME || Utf8.canEncode(parser.currentName());
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                parser.getDecimalValue(); // throws where no number type holds it
            }
        }
        return isReadable;
    }

    private interface Reading {
        JsonNode root() throws IOException;
    }

    /** True for a field that is not given: left out, or null. */
    public static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    /** True for a whole number from 0 to 2^31 - 1: sums of a few of them cannot overflow. */
    public static boolean isCount(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0;
    }

    /** The number, or 0 where it is no {@link #isCount count}. */
    public static long count(JsonNode value) {
        return isCount(value) ? value.longValue() : 0;
    }

    /** Has room for few members at first, as most objects of a request have few. */
    public static ObjectNode object() {
        return new ObjectNode(JsonNodeFactory.instance, new LinkedHashMap<>(2));
    }

    /** The same for an array. */
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode(2);
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    public static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    /** Where an error is, to be put after what it is; nothing where that is not known. */
    public static String place(IOException malformed) {
        JsonLocation location = malformed instanceof JsonProcessingException json ? json.getLocation() : null;
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
