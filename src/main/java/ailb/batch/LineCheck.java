package ailb.batch;

import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.RawObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks the lines of one batch, one after another. */
final class LineCheck {

    private static final int LONGEST_ID = 256;

    private final Predicate<String> serves;
    private final String unit;
    private final Map<String, Integer> seen = new HashMap<>();

    /** @param unit what a line is called */
    LineCheck(Predicate<String> serves, String unit) {
        this.serves = serves;
        this.unit = unit;
    }

    sealed interface Result {}

    /** @param stored the line as it is stored, with its line feed */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Right(byte[] stored) implements Result {}

    record Wrong(Problem problem) implements Result {}

    Result check(InputLine line) {
        return switch (RawObject.read(line.json())) {
            case RawObject.Invalid(String problem) ->
                new Wrong(problem(line, "invalid_json_line", null, withoutLineOfItsOwn(problem)));
            case RawObject.Valid(RawObject object) -> check(line, object);
        };
    }

    private Result check(InputLine line, RawObject object) {
        Optional<Problem> fault = customId(line, object)
                .or(() -> method(line, object))
                .or(() -> url(line, object))
                .or(() -> body(line, object));
        if (fault.isPresent()) {
            return new Wrong(fault.get());
        }
        byte[] stored = StoredLine.of(object);
        // the line feed is not sent
        return stored.length - 1 <= Submission.MAX_LINE_BYTES
                ? new Right(stored)
                : new Wrong(problem(line, "line_too_long", null, "it is longer than "
                        + Submission.MAX_LINE_BYTES + " bytes"));
    }

    private Optional<Problem> customId(InputLine line, RawObject object) {
        Optional<String> id = object.text("custom_id");
        if (id.isEmpty() || id.get().isEmpty() || id.get().length() > LONGEST_ID) {
            return Optional.of(problem(line, missingOr(object, "custom_id", "invalid_custom_id"), "custom_id",
                    "custom_id must be given, as a string of 1 to " + LONGEST_ID + " characters"));
        }
        Integer first = seen.putIfAbsent(id.get(), line.number());
        return first == null
                ? Optional.empty()
                : Optional.of(problem(line, "duplicate_custom_id", "custom_id",
                        "custom_id is the same as in " + unit + " " + first));
    }

    private static Optional<Problem> method(InputLine line, RawObject object) {
        return object.text("method").filter("POST"::equals).isPresent()
                ? Optional.empty()
                : Optional.of(problem(line, missingOr(object, "method", "invalid_method"), "method",
                        "method must be given, as \"POST\""));
    }

    private static Optional<Problem> url(InputLine line, RawObject object) {
        return object.text("url").filter(BatchUrls.ALL::contains).isPresent()
                ? Optional.empty()
                : Optional.of(problem(line, missingOr(object, "url", "invalid_url"), "url",
                        "url must be given, as " + String.join(" or ", BatchUrls.ALL)));
    }

    private Optional<Problem> body(InputLine line, RawObject object) {
        Optional<byte[]> body = object.raw("body");
        if (body.isEmpty()) {
            return Optional.of(problem(line, "missing_required_parameter", "body", "body must be given, as an object"));
        }
        return switch (BatchUrls.parse(body.get())) {
            case Parsed.Invalid(ApiError error) -> Optional.of(problem(line, error));
            case Parsed.Valid(ModelRequest chat) ->
                serves.test(chat.model())
                        ? Optional.empty()
                        : Optional.of(problem(line, "model_not_found", "body.model",
                                "no endpoint of the pool serves the model '" + start(chat.model()) + "'"));
        };
    }

    private static Problem problem(InputLine line, ApiError error) {
        String message = error.message();
        return problem(
                line,
                Objects.requireNonNullElse(error.code(), "invalid_request"),
                error.param() == null ? "body" : "body." + error.param(),
                message.endsWith(".") ? message.substring(0, message.length() - 1) : message);
    }

    private static Problem problem(InputLine line, String code, @Nullable String param, String message) {
        return new Problem(line.number(), code, param, message);
    }

    private static String missingOr(RawObject object, String field, String code) {
        return object.raw(field).isEmpty() ? "missing_required_parameter" : code;
    }

    /** The parser sees one line at a time and calls each of them line 1, which would mislead. */
    private static String withoutLineOfItsOwn(String problem) {
        return problem.replace(" at line 1, column ", " at column ");
    }

    private static String start(String model) {
        return model.length() <= 100 ? model : model.substring(0, 100) + "...";
    }
}
