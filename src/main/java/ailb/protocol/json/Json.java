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

/** The only JSON mapper of {@code protocol}, configured for untrusted input. */
public final class Json {

    /** Maximum nesting depth: far above any real request or reply, far below what overflows the stack. */
    public static final int MAX_DEPTH = 200;

    /**
     * Maximum number of tokens (names, values, starts and ends of objects and arrays) in a document. A tree takes up to
     * 70 bytes for each, and a reply of 16 MB may have millions.
     */
    static final int MAX_TOKENS = 1_200_000;

    /** Maximum length of a name in a reply, in bytes. The parser caches thousands of names across replies. */
    private static final int MAX_NAME = 4096;

    /**
     * Charset detection is off: the input is UTF-8, even if it looks like UTF-16 or UTF-32. Interning is off: callers
     * choose the names. Buffers are shared by all threads: a virtual thread would allocate new ones for each request.
     */
    private static final JsonFactory FACTORY = factory().build();

    /** Caches no names: callers choose them, and caching long names takes time quadratic in their length. */
    private static final JsonFactory CALLERS =
            factory().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /** For documents that are scanned without building a tree. */
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

    /** Numbers keep every digit: 1.10 stays 1.10, and a number that no double can hold stays exact. */
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final ObjectReader WHOLE = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    /** A parser for a caller's JSON. */
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
     * The document with the array under this top-level name emptied: it may hold millions of numbers that nobody reads.
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

    /** Parses a document in a string. */
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

    /** Whether the text is one JSON object that can also be read from its UTF-8 bytes. Builds no tree. */
    public static boolean isObject(String json) {
        try (JsonParser parser = CALLERS.createParser(json)) {
            return isObject(parser);
        } catch (IOException malformed) {
            return false;
        }
    }

    /**
     * Checks that the text is such an object and has no duplicate names: it is not known which of two values is meant.
     *
     * @return the path of the first fault, relative to the object: {@code .a[1].b}; an empty path is the object itself
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

    /** A value that is written exactly as the text, which must be JSON. */
    public static JsonNode raw(String json) {
        return new POJONode(new RawValue(Utf8.encodable(json)));
    }

    /**
     * Refuses names with a lone surrogate: they can be read from a string but not from the UTF-8 bytes that are sent.
     */
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

    /** An object with a small initial capacity, as most objects in a request have few members. */
    public static ObjectNode object() {
        return new ObjectNode(JsonNodeFactory.instance, new LinkedHashMap<>(2));
    }

    /** An array with a small initial capacity. */
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

    /** The place of an error, to append to its description; an empty string where it is not known. */
    public static String place(IOException malformed) {
        JsonLocation location = malformed instanceof JsonProcessingException json ? json.getLocation() : null;
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
