package ailb.api;

import ailb.api.Route.Call;
import ailb.batch.Batch;
import ailb.batch.BatchQueueException;
import ailb.batch.BatchStoreException;
import ailb.batch.Batches;
import ailb.batch.Caller;
import ailb.batch.LineResult;
import ailb.batch.ResultsPage;
import ailb.batch.Submission;
import ailb.port.TimeSource;
import ailb.protocol.error.ApiError;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The HTTP routes for batches. */
final class BatchRoutes {

    private static final System.Logger LOG = System.getLogger(BatchRoutes.class.getName());

    static final String PATH = "/v1/batches";

    /** Where one line ends and the next begins. */
    private static final Pattern NEXT_LINE = Pattern.compile("\\}\\s*\\{\\s*\"custom_id\"");

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.-]{1,80}");
    private static final Pattern LINE = Pattern.compile("-1|[0-9]{1,9}");

    /** Maximum size of a page of results, bytes. It usually fits into an answer, which may have at least 6 MB. */
    static final long MAX_PAGE = 5_000_000;

    private static final String TOO_LARGE =
            "The answer is too large to return. Submit the request again and ask for "
                    + "less, for example with max_tokens.";

    private final Batches batches;
    private final Function<Caller, ObjectNode> pool;
    private final TimeSource time;
    private final long most;

    /**
     * @param pool the endpoints' current statistics, as far as the caller may see them
     * @param most maximum size of an answer, bytes
     */
    BatchRoutes(Batches batches, Function<Caller, ObjectNode> pool, TimeSource time, long most) {
        this.batches = batches;
        this.pool = pool;
        this.time = time;
        this.most = most;
    }

    List<Route> all() {
        return List.of(
                route("GET", PATH, this::list),
                route("POST", PATH, this::submit),
                route("GET", PATH + "/{id}", this::show),
                route("POST", PATH + "/{id}/cancel", this::cancel),
                route("GET", PATH + "/{id}/results", this::results));
    }

    private static Route route(String method, String path, Function<Call, ApiResponse> answer) {
        return Route.withKey(method, path, call -> {
            try {
                return answer.apply(call);
            } catch (BatchStoreException e) {
                return unavailable("store", e);
            } catch (BatchQueueException e) {
                return unavailable("queue", e);
            }
        });
    }

    /** Every request may be repeated: an incomplete submission has no effect. */
    private static ApiResponse unavailable(String what, RuntimeException cause) {
        LOG.log(System.Logger.Level.WARNING, "the " + what + " of batches does not answer: " + cause.getMessage());
        return Responses.error(ApiError.unavailable(
                "The " + what
                        + " of batches does not answer: repeat the request in a few seconds. A batch is submitted "
                        + "only when its id has been answered.",
                "batch_" + what + "_unavailable"));
    }

    private ApiResponse submit(Call call) {
        return switch (batches.read(call.request().body())) {
            case Submission.Refused refused ->
                Responses.json(400, Bodies.bytes(BatchBodies.refused(hinted(refused, call.request().body()))));
            case Submission.Accepted accepted -> json(BatchBodies.batch(batches.submit(call.caller(), accepted)));
        };
    }

    /** Adds a hint: curl's most common option, -d, sends a file as one line. */
    private static Submission.Refused hinted(Submission.Refused refused, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        boolean endsLost = !refused.problems().isEmpty() && !text.contains("\n") && NEXT_LINE.matcher(text).find();
        return endsLost
                ? new Submission.Refused(
                        refused.message() + " The body is one line: curl keeps a file's line ends with --data-binary, "
                                + "not with -d.",
                        refused.param(), refused.problems())
                : refused;
    }

    private ApiResponse list(Call call) {
        return switch (Paging.read(call.request().query(), 20, 100, ID, "the id of a batch")) {
            case Paging.Refused(ApiError error) -> Responses.error(error);
            case Paging.Page(int limit, Optional<String> after) ->
                json(BatchBodies.list(batches.list(call.caller(), after, limit)));
        };
    }

    private ApiResponse show(Call call) {
        return answer(
                id(call).flatMap(id -> batches.find(call.caller(), id)),
                batch -> json(BatchBodies.progress(batch, pool.apply(call.caller()), time.now())));
    }

    private ApiResponse cancel(Call call) {
        return answer(
                id(call).flatMap(id -> batches.cancel(call.caller(), id)),
                (Batch batch) -> json(BatchBodies.batch(batch)));
    }

    private ApiResponse results(Call call) {
        String rule = "the number of a line, from 0, as x-next-after gives it";
        return switch (Paging.read(call.request().query(), 100, 1000, LINE, rule)) {
            case Paging.Refused(ApiError error) -> Responses.error(error);
            case Paging.Page(int limit, Optional<String> mark) -> {
                int after = mark.map(Integer::parseInt).orElse(-1);
                yield answer(
                        id(call).flatMap(id -> batches.results(call.caller(), id, after, limit, MAX_PAGE)),
                        this::page);
            }
        };
    }

    private ApiResponse page(ResultsPage whole) {
        ResultsPage page = fitting(whole);
        return Responses.withHeaders(
                Responses.jsonLines(BatchBodies.results(page.results())),
                Map.of("x-next-after", Integer.toString(page.last()), "x-has-more", Boolean.toString(page.more())));
    }

    /** Cuts the page to what fits into an answer. A result that is too large for any answer becomes an error. */
    private ResultsPage fitting(ResultsPage page) {
        List<LineResult> fitting = new ArrayList<>();
        long size = 0;
        for (LineResult result : page.results()) {
            LineResult shown =
                    size(result) > most ? result.withError("result_too_large", TOO_LARGE) : result;
            size += size(shown);
            if (size > most) {
                return new ResultsPage(fitting, fitting.getLast().line(), true);
            }
            fitting.add(shown);
        }
        return new ResultsPage(fitting, page.last(), page.more());
    }

    /** Includes the line feed. */
    private static long size(LineResult result) {
        return result.json().length + 1L;
    }

    /** The id from the path; empty if it is malformed, so that the store is not asked. */
    private static Optional<String> id(Call call) {
        return Optional.of(call.parameters().getFirst()).filter(id -> ID.matcher(id).matches());
    }

    private static <T> ApiResponse answer(Optional<T> found, Function<T, ApiResponse> answer) {
        return found.map(answer).orElseGet(() -> Responses.error(ApiError.batchNotFound()));
    }

    private static ApiResponse json(ObjectNode body) {
        return Responses.json(200, Bodies.bytes(body));
    }
}
