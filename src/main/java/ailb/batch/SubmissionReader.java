package ailb.batch;

import ailb.batch.Submission.Accepted;
import ailb.batch.Submission.Refused;
import ailb.protocol.json.RawObject;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads one submission. All lines are checked before any is accepted. */
final class SubmissionReader {

    /** Most characters of several problems in one message. The answer lists each problem too. */
    private static final int LONGEST_TOGETHER = 250;

    private static final String NOTHING_QUEUED = "; nothing was queued.";

    private final Predicate<String> serves;

    SubmissionReader(Predicate<String> serves) {
        this.serves = serves;
    }

    Submission read(byte[] body) {
        if (namesAFile(body)) {
            return new Refused("This endpoint takes the lines of a batch themselves in its body, not an input_file_id: "
                    + "send the file's contents (curl --data-binary @file)" + NOTHING_QUEUED,
                    Optional.of("input_file_id"), List.of());
        }
        InputLines lines = InputLines.of(body);
        if (lines.lines().size() > Submission.MAX_LINES) {
            return whole("There are more than " + Submission.MAX_LINES + " " + lines.unit() + "s: split the batch");
        }
        if (lines.fault().isPresent()) {
            return whole(lines.fault().get());
        }
        if (lines.lines().isEmpty()) {
            return whole(
                    "There are no lines: send one JSON object a line, {\"custom_id\",\"method\",\"url\",\"body\"}");
        }
        return read(lines);
    }

    /** OpenAI's own API takes the id of a file here. */
    private static boolean namesAFile(byte[] body) {
        return RawObject.read(body) instanceof RawObject.Valid(RawObject object)
                && object.raw("input_file_id").isPresent();
    }

    private Submission read(InputLines lines) {
        LineCheck check = new LineCheck(serves, lines.unit());
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        List<Problem> problems = new ArrayList<>();
        for (InputLine line : lines.lines()) {
            switch (check.check(line)) {
                case LineCheck.Right(byte[] stored) -> input.writeBytes(stored);
                case LineCheck.Wrong(Problem problem) -> problems.add(problem);
            }
        }
        return problems.isEmpty()
                ? new Accepted(lines.lines().size(), input.toByteArray())
                : refused(lines, problems);
    }

    private static Refused refused(InputLines lines, List<Problem> problems) {
        List<Problem> told = problems.subList(0, Math.min(problems.size(), Submission.MAX_PROBLEMS));
        StringBuilder message = new StringBuilder()
                .append(problems.size())
                .append(" of the ")
                .append(lines.lines().size())
                .append(' ')
                .append(lines.unit())
                .append(problems.size() == 1 ? "s is wrong" : "s are wrong");
        int shown = 0;
        int length = 0;
        while (shown < told.size() && (shown == 0 || length + told.get(shown).message().length() <= LONGEST_TOGETHER)) {
            Problem problem = told.get(shown++);
            length += problem.message().length();
            message.append("; ").append(name(lines, problem)).append(": ").append(problem.message());
        }
        if (problems.size() > shown) {
            message.append("; and ").append(problems.size() - shown).append(" more");
        }
        return new Refused(
                message.append(NOTHING_QUEUED).toString(), Optional.of(name(lines, told.getFirst())), told);
    }

    private static String name(InputLines lines, Problem problem) {
        return lines.unit() + " " + problem.line();
    }

    private static Refused whole(String fault) {
        return new Refused(fault + NOTHING_QUEUED, Optional.empty(), List.of());
    }
}
