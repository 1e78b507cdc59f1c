package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a conversation asks for, in whichever protocol it came.
 *
 * @param characters of all that the model has to read
 * @param maxTokens the caller's bound on the answer
 * @param lastWords text of the last turn
 * @param images how many there are to see
 * @param tools those to be called now
 * @param results what the tools said that were called last
 * @param schema what the answer has to fit
 */
record Asked(
        long characters,
        OptionalLong maxTokens,
        String lastWords,
        int images,
        List<Tool> tools,
        List<String> results,
        Optional<JsonNode> schema) {

    private static final int QUOTED = 60;

    /** Calls each tool once; with their results, or without any, it answers, and as the schema says where there is one. */
    Said said(String name) {
        if (results.isEmpty() && !tools.isEmpty()) {
            return Said.of(tools.stream()
                    .map(tool -> new Said.ToolCall(tool.name(), SchemaSample.of(tool.schema())))
                    .toList());
        }
        return Said.of(schema.map(wanted -> SchemaSample.of(wanted).toString()).orElseGet(() -> text(name)));
    }

    /** Names who speaks, and tells what it was given. */
    private String text(String name) {
        String told = results.isEmpty()
                ? "You said: " + quoted(lastWords)
                : "The tools said: " + results.stream().map(Asked::quoted).collect(Collectors.joining(", "));
        String seen = images == 0 ? "" : " I see " + images + (images == 1 ? " image." : " images.");
        return "This is " + name + ", a simulated provider. " + told + seen;
    }

    /** The beginning of it. */
    private static String quoted(String text) {
        String stripped = text.strip();
        String quote = stripped.codePoints()
                .limit(QUOTED)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "\"" + quote + (quote.length() < stripped.length() ? "..." : "") + "\"";
    }
}
