package ailb.runtime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An invocation that the Runtime API returned: the event, its id and its deadline.
 *
 * @param deadlineMillis when the function is killed, in epoch milliseconds
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Invocation(
        String id,
        long deadlineMillis,
        String functionArn,
        @Nullable String traceId,
        @Nullable String tenantId,
        byte[] event) {

    /** @throws IOException without an id, or a deadline that is a number */
    static Invocation of(Answer answer) throws IOException {
        String id = answer.required("lambda-runtime-aws-request-id");
        String deadline = answer.required("lambda-runtime-deadline-ms");
        if (!id.matches("[!-~&&[^/?#%]]+") || !deadline.matches("[0-9]{1,18}")) {
            throw new IOException("an invocation with the id '" + id + "' and the deadline '" + deadline + "'");
        }
        String arn = answer.header("lambda-runtime-invoked-function-arn");
        return new Invocation(
                id,
                Long.parseLong(deadline),
                arn == null ? "" : arn,
                answer.header("lambda-runtime-trace-id"),
                answer.header("lambda-runtime-aws-tenant-id"),
                answer.body());
    }
}
