package ailb.settings;

import com.fasterxml.jackson.databind.JsonNode;

/** A value of the file for an error message: short, on one line, and never an API key. */
final class RedactedValue {

    private static final int LONGEST = 40;

    private RedactedValue() {}

    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> text(value.textValue());
            case NUMBER -> cut(value.decimalValue().toString());
            case BOOLEAN -> value.booleanValue() ? "true" : "false";
            case NULL -> "null";
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case BINARY, MISSING, POJO -> throw new IllegalArgumentException("not from a file: " + value.getNodeType());
        };
    }

    static String text(String text) {
        if (KeyName.looksLikeKey(text)) {
            return "a text that looks like a key (not shown)";
        }
        return '"' + cut(text.replaceAll("\\p{C}|\\R", "?")) + '"';
    }

    /** A field's name as part of a path: without quotes if it is a plain word. */
    static String field(String name) {
        return name.matches("[A-Za-z0-9_-]{1,40}") && !KeyName.looksLikeKey(name) ? name : text(name);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
