package ailb.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Batch;
import ailb.batch.BatchQueue;
import ailb.batch.BatchQueueException;
import ailb.batch.BatchStatus;
import ailb.batch.BatchStore;
import ailb.batch.BatchStoreException;
import ailb.batch.Batches;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import ailb.batch.Failing;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.batch.LineKey;
import ailb.batch.LineResult;
import ailb.batch.Outcome;
import ailb.batch.QueueMessage;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRoutesTest {

    /** Bytes of an answer. */
    private static final int MOST = 6_000_000;

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String OTHER = "the key of another client";
    private static final String NAMESAKE = "the key of a client called as the admin's key";
    private static final String ADMIN = "the admin's key";
    private static final long START = 1_800_000_000_000_000_000L;
    private static final long WEEK = Duration.ofDays(7).toNanos();

    private final SteppedTime time = new SteppedTime(START);
    private final InMemoryBatchStore store = new InMemoryBatchStore();
    private final InMemoryBatchQueue queue = new InMemoryBatchQueue(time, new Random(1));
    private final Api api = api(store, queue);

    @Test
    void aBatchThatIsTakenIsToldAsOpenAiTellsOne() throws IOException {
        ApiResponse response = submit(2);

        assertThat(response.status()).isEqualTo(200);
        JsonNode batch = json(response);
        // 1,800,000,000,000 ms in base 16, and 128 bits by chance
        assertThat(batch.path("id").textValue()).matches("batch_01a3185c5000[0-9a-f]{32}");
        assertThat(batch).isEqualTo(MAPPER.readTree("""
                {"id": "%s", "object": "batch", "endpoint": "/v1/chat/completions", "errors": null,
                 "input_file_id": null, "status": "validating", "output_file_id": null, "error_file_id": null,
                 "created_at": 1800000000, "in_progress_at": null, "expires_at": 1800604800, "finalizing_at": null,
                 "completed_at": null, "failed_at": null, "expired_at": null, "cancelling_at": null,
                 "cancelled_at": null, "request_counts": {"total": 2, "completed": 0, "failed": 0, "cancelled": 0},
                 "metadata": null}""".formatted(batch.path("id").textValue())));
    }

    @Test
    void itsLinesAreStoredAndOneMessageIsQueued() throws IOException {
        String id = json(submit(2)).path("id").textValue();

        assertThat(new String(store.input(id, 0), UTF_8)).isEqualTo(stored(0) + stored(1));
        assertThat(store.find(id, time.now()))
                .contains(Batch.submitted(id, Optional.of("default"), 2, stored(0).length() * 2L, START, START + WEEK));
        assertThat(queue.receive(10, Duration.ofMinutes(1)))
                .extracting(QueueMessage::body)
                .containsExactly("{\"expand\":\"" + id + "\"}");
    }

    @Test
    void aBatchWithAWrongLineIsNotTakenAtAll() throws IOException {
        ApiResponse response = post("/v1/batches", line(0) + line(0) + line(2).replace("chat\"", "gpt-9\"") + line(3));

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response)).isEqualTo(MAPPER.readTree("""
                {"error": {
                  "message": "2 of the 4 lines are wrong; line 2: custom_id is the same as in line 1; line 3: no \
                endpoint of the pool serves the model 'gpt-9'; nothing was queued.",
                  "type": "invalid_request_error", "param": "line 2", "code": "invalid_batch",
                  "errors": {"object": "list", "data": [
                    {"code": "duplicate_custom_id", "line": 2, "message": "custom_id is the same as in line 1",
                     "param": "custom_id"},
                    {"code": "model_not_found", "line": 3,
                     "message": "no endpoint of the pool serves the model 'gpt-9'", "param": "body.model"}]}}}"""));
        assertThat(store.list(Optional.empty(), 100, time.now())).isEmpty();
        assertThat(queue.size()).isZero();
    }

    /** As curl's -d makes it of a file. */
    @Test
    void linesWhoseEndsAreLostAreToldHowToKeepThem() throws IOException {
        ApiResponse response = post("/v1/batches", (line(0) + line(1)).replace("\n", ""));

        assertError(response, 400, "invalid_batch");
        assertThat(json(response).at("/error/message").textValue())
                .isEqualTo("1 of the 1 lines is wrong; line 1: there is more after its end; nothing was queued."
                        + " The body is one line: curl keeps a file's line ends with --data-binary, not with -d.");
        assertThat(json(post("/v1/batches", line(0).replace("POST", "GET"))).at("/error/message").textValue())
                .doesNotContain("curl");
    }

    @Test
    void aStoreThatDoesNotAnswerIs503AndNothingIsQueued() throws IOException {
        Api broken = api(down(BatchStore.class, new BatchStoreException("down", new IllegalStateException())), queue);

        assertError(send(broken, "POST", "/v1/batches", "", line(0)), 503, "batch_store_unavailable");
        assertThat(queue.size()).isZero();
        for (String path : List.of("/v1/batches", "/v1/batches/batch_1", "/v1/batches/batch_1/results")) {
            assertError(send(broken, "GET", path, "", ""), 503, "batch_store_unavailable");
        }
        assertError(send(broken, "POST", "/v1/batches/batch_1/cancel", "", ""), 503, "batch_store_unavailable");
    }

    @Test
    void aQueueThatDoesNotAnswerIs503AndTheBatchIsCalledBack() throws IOException {
        Api broken = api(store, down(BatchQueue.class, new BatchQueueException("down", new IllegalStateException())));

        assertError(send(broken, "POST", "/v1/batches", "", line(0)), 503, "batch_queue_unavailable");
        assertThat(store.list(Optional.empty(), 100, time.now())).singleElement().satisfies(batch -> {
            assertThat(batch.status()).isEqualTo(BatchStatus.CANCELLED);
            assertThat(batch.counts()).isEqualTo(new Counts(0, 0, 1));
        });
    }

    @Test
    void theProgressOfABatchIsToldWithItsSpeedAndItsEnd() throws IOException {
        String id = json(submit(8)).path("id").textValue();
        time.pass(Duration.ofSeconds(5));
        begin(id);
        time.pass(Duration.ofSeconds(10));
        finish(id, 0, Outcome.COMPLETED);
        finish(id, 5, Outcome.FAILED);
        finish(id, 3, Outcome.COMPLETED);

        JsonNode batch = json(get("/v1/batches/" + id));

        assertThat(batch.path("status").textValue()).isEqualTo("in_progress");
        assertThat(batch.path("in_progress_at").longValue()).isEqualTo(1_800_000_005);
        assertThat(batch.path("request_counts")).isEqualTo(MAPPER.readTree("""
                {"total": 8, "completed": 2, "failed": 1, "cancelled": 0}"""));
        assertThat(batch.path("progress").doubleValue()).isEqualTo(0.375);
        assertThat(batch.path("requests_per_second").doubleValue()).isEqualTo(0.3);
        // 5 are left, at 0.3 a second 16.7 s, from 15 s on
        assertThat(batch.path("expected_finish_at").longValue()).isEqualTo(1_800_000_032);
        assertThat(batch.at("/pool/endpoints/0/name").textValue()).isEqualTo("a");
    }

    @Test
    void aBatchNotBegunHasNoSpeed() throws IOException {
        String id = json(submit(1)).path("id").textValue();
        time.pass(Duration.ofHours(1));

        JsonNode batch = json(get("/v1/batches/" + id));

        assertThat(batch.path("progress").doubleValue()).isZero();
        assertThat(batch.path("requests_per_second").doubleValue()).isZero();
        assertThat(batch.path("expected_finish_at").isNull()).isTrue();
    }

    @Test
    void aBatchWhoseWorkersDidNotGetToCountIsEndedByItsReader() throws IOException {
        String id = json(submit(2)).path("id").textValue();
        begin(id);
        finishUncounted(id, 0, Outcome.COMPLETED);
        finishUncounted(id, 1, Outcome.FAILED);

        time.pass(Duration.ofSeconds(60));
        assertThat(json(get("/v1/batches/" + id)).path("status").textValue()).isEqualTo("in_progress");
        time.pass(Duration.ofSeconds(1));
        JsonNode batch = json(get("/v1/batches/" + id));

        assertThat(batch.path("status").textValue()).isEqualTo("completed");
        assertThat(batch.path("completed_at").longValue()).isEqualTo(1_800_000_061);
        assertThat(batch.path("cancelled_at").isNull()).isTrue();
        assertThat(batch.path("request_counts")).isEqualTo(MAPPER.readTree("""
                {"total": 2, "completed": 1, "failed": 1, "cancelled": 0}"""));
        assertThat(batch.path("progress").doubleValue()).isEqualTo(1);
        assertThat(batch.path("requests_per_second").doubleValue()).isEqualTo(0.033);
        assertThat(batch.path("expected_finish_at").isNull()).isTrue();
    }

    @Test
    void aBatchIsToldThoughItsOutcomesCannotBeRead() throws IOException {
        String id = json(submit(2)).path("id").textValue();
        begin(id);
        time.pass(Duration.ofHours(1));

        ApiResponse response = send(api(Failing.of(store, "recount"), queue), "GET", "/v1/batches/" + id, "", "");

        assertThat(response.status()).isEqualTo(200);
        assertThat(json(response).path("status").textValue()).isEqualTo("in_progress");
    }

    @Test
    void aBatchCanBeCancelled() throws IOException {
        String id = json(submit(2)).path("id").textValue();
        time.pass(Duration.ofSeconds(3));

        JsonNode batch = json(post("/v1/batches/" + id + "/cancel", ""));

        assertThat(batch.path("status").textValue()).isEqualTo("cancelling");
        assertThat(batch.path("cancelling_at").longValue()).isEqualTo(1_800_000_003);
        assertThat(batch.path("cancelled_at").isNull()).isTrue();

        store.end(id, BatchStatus.CANCELLED, new Counts(0, 0, 2), time.now());
        JsonNode after = json(post("/v1/batches/" + id + "/cancel", ""));
        assertThat(after.path("status").textValue()).isEqualTo("cancelled");
        assertThat(after.path("cancelled_at").longValue()).isEqualTo(1_800_000_003);
        assertThat(after.path("completed_at").isNull()).isTrue();
    }

    @Test
    void batchesAreListedNewestFirstAPageAtATime() throws IOException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(json(submit(1)).path("id").textValue());
            time.pass(Duration.ofMillis(1));
        }

        JsonNode first = json(get("/v1/batches", "limit=2"));
        assertThat(first.path("object").textValue()).isEqualTo("list");
        assertThat(first.findValuesAsText("id")).isEqualTo(ids.subList(0, 2));
        assertThat(first.path("first_id").textValue()).isEqualTo(ids.get(0));
        assertThat(first.path("last_id").textValue()).isEqualTo(ids.get(1));
        assertThat(first.path("has_more").booleanValue()).isTrue();

        JsonNode last = json(get("/v1/batches", "after=" + ids.get(2) + "&limit=2"));
        assertThat(last.findValuesAsText("id")).isEqualTo(ids.subList(3, 5));
        assertThat(last.path("has_more").booleanValue()).isFalse();

        assertThat(json(get("/v1/batches")).findValuesAsText("id")).isEqualTo(ids);
    }

    @Test
    void aListWithoutBatchesIsEmpty() throws IOException {
        assertThat(json(get("/v1/batches"))).isEqualTo(MAPPER.readTree("""
                {"object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false}"""));
    }

    @Test
    void twentyBatchesAreAPage() throws IOException {
        for (int i = 0; i < 21; i++) {
            submit(1);
        }

        assertThat(json(get("/v1/batches")).path("data")).hasSize(20);
        assertThat(json(get("/v1/batches", "limit=100")).path("data")).hasSize(21);
    }

    @Test
    void resultsComeInTheOrderOfTheLinesWhateverCameFirst() throws IOException {
        String id = json(submit(4)).path("id").textValue();
        begin(id);
        finish(id, 3, Outcome.COMPLETED);
        finish(id, 0, Outcome.COMPLETED);
        finish(id, 1, Outcome.FAILED);

        ApiResponse partial = get("/v1/batches/" + id + "/results");
        assertThat(text(partial)).isEqualTo("{\"n\":0}\n{\"n\":1}\n{\"n\":3}\n");
        assertThat(partial.headers())
                .containsEntry("content-type", "application/jsonl")
                .containsEntry("x-next-after", "3")
                .containsEntry("x-has-more", "true");

        finish(id, 2, Outcome.COMPLETED);
        store.end(id, BatchStatus.COMPLETED, new Counts(3, 1, 0), time.now());
        ApiResponse whole = get("/v1/batches/" + id + "/results");
        assertThat(text(whole)).isEqualTo("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
        assertThat(whole.headers()).containsEntry("x-next-after", "3").containsEntry("x-has-more", "false");
    }

    @Test
    void resultsArePaged() throws IOException {
        String id = ended(250);

        List<String> lines = new ArrayList<>();
        List<ApiResponse> pages = pages(id);
        pages.forEach(page -> text(page).lines().forEach(lines::add));

        assertThat(pages).extracting(page -> page.headers().get("x-next-after")).containsExactly("99", "199", "249");
        assertThat(lines).isEqualTo(IntStream.range(0, 250).mapToObj(i -> "{\"n\":" + i + "}").toList());
        assertThat(text(get("/v1/batches/" + id + "/results", "after=-1&limit=1000")).lines()).hasSize(250);
        assertThat(text(get("/v1/batches/" + id + "/results", "limit=2&after=9")))
                .isEqualTo("{\"n\":10}\n{\"n\":11}\n");
    }

    @Test
    void aPageOfResultsFitsAFunctionsAnswer() throws IOException {
        String id = json(submit(3)).path("id").textValue();
        begin(id);
        for (int line = 0; line < 3; line++) {
            finish(id, line, Outcome.COMPLETED, "x".repeat(2_000_000).getBytes(UTF_8));
        }
        store.end(id, BatchStatus.COMPLETED, new Counts(3, 0, 0), time.now());

        ApiResponse page = get("/v1/batches/" + id + "/results");

        assertThat(page.body()).hasSize(4_000_002);
        assertThat(page.headers()).containsEntry("x-next-after", "1").containsEntry("x-has-more", "true");
    }

    @Test
    void aResultTooLargeForAnAnswerIsAnErrorInItsPlaceAndTheNextOnesFollow() throws IOException {
        String id =
                ended(answered("r0", "x"), answered("\\\"response\\\":1", "x".repeat(7_000_000)), answered("r2", "x"));

        List<ApiResponse> pages = pages(id);

        assertThat(pages).allSatisfy(page -> assertThat(page.body().length).isLessThanOrEqualTo(MOST));
        List<JsonNode> lines = lines(pages);
        assertThat(lines).extracting(line -> line.path("custom_id").textValue())
                .containsExactly("r0", "\"response\":1", "r2");
        assertThat(lines).extracting(line -> line.at("/error/code").textValue())
                .containsExactly(null, "result_too_large", null);
        assertThat(lines.get(1).path("response").isNull()).isTrue();
        assertThat(lines.get(1).path("id").textValue()).isEqualTo("batch_req_1");
        assertThat(lines.get(1).at("/error/message").textValue()).contains("Submit the request again");
    }

    @ParameterizedTest
    @CsvSource({"validating, '', -1, true", "validating, after=7, 7, true", "completed, after=0, 0, false",
        "completed, after=999999999, 999999999, false"})
    void aPageWithoutResultsKeepsItsPlace(String status, String query, String next, String more) throws IOException {
        String id = status.equals("completed") ? ended(1) : json(submit(1)).path("id").textValue();

        ApiResponse page = get("/v1/batches/" + id + "/results", query);

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEmpty();
        assertThat(page.headers()).containsEntry("x-next-after", next).containsEntry("x-has-more", more);
    }

    @Test
    void aMessageThatWasFoundOnTheQueueIsABatchOfOne() throws IOException {
        store.ensureDirect("queue-my_order.2026-11", time.now(), START + WEEK);
        String path = "/v1/batches/queue-my_order.2026-11";

        assertThat(json(as(ADMIN, "GET", path)).at("/request_counts/total").intValue()).isEqualTo(1);
        assertThat(as(ADMIN, "GET", path + "/results").status()).isEqualTo(200);
        assertThat(json(as(ADMIN, "POST", path + "/cancel")).path("status").textValue()).isEqualTo("cancelling");
        assertThat(json(as(ADMIN, "GET", "/v1/batches")).path("data")).isEmpty();
    }

    /** Anybody could guess what it is called. */
    @ParameterizedTest
    @ValueSource(strings = {"local", OTHER, NAMESAKE})
    void clientsDoNotSeeWhatWasFoundOnTheQueue(String key) throws IOException {
        store.ensureDirect("queue-1", time.now(), START + WEEK);

        assertUnseen(key, "queue-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER, NAMESAKE})
    void aBatchIsNotThereForOtherClients(String key) throws IOException {
        String id = ended(2);

        assertUnseen(key, id);
        assertThat(get("/v1/batches/" + id).status()).isEqualTo(200);
        assertThat(text(get("/v1/batches/" + id + "/results"))).isEqualTo("{\"n\":0}\n{\"n\":1}\n");
        assertThat(json(get("/v1/batches")).findValuesAsText("id")).containsExactly(id);
    }

    @Test
    void onlyItsOwnerAndTheAdminCancelABatch() throws IOException {
        String first = json(submit(2)).path("id").textValue();
        String second = json(submit(2)).path("id").textValue();

        assertUnseen(OTHER, first);
        assertThat(store.find(first, time.now()).orElseThrow().status()).isEqualTo(BatchStatus.VALIDATING);
        assertThat(json(post("/v1/batches/" + first + "/cancel", "")).path("status").textValue())
                .isEqualTo("cancelling");
        assertThat(json(as(ADMIN, "POST", "/v1/batches/" + second + "/cancel")).path("status").textValue())
                .isEqualTo("cancelling");
    }

    /** Neither does it end a batch, whose outcomes would be counted for it. */
    @Test
    void whoMayNotSeeABatchCostsNoMoreThanALook() throws IOException {
        String id = json(submit(1)).path("id").textValue();
        begin(id);
        finishUncounted(id, 0, Outcome.COMPLETED);
        time.pass(Duration.ofHours(1));

        assertUnseen(OTHER, id);

        assertThat(store.find(id, time.now()).orElseThrow().status()).isEqualTo(BatchStatus.IN_PROGRESS);
    }

    @Test
    void theAdminSeesTheBatchesOfAll() throws IOException {
        String ours = ended(1);
        time.pass(Duration.ofMillis(1));
        String theirs = json(send(api, OTHER, "POST", "/v1/batches", "", line(0))).path("id").textValue();

        assertThat(json(as(ADMIN, "GET", "/v1/batches")).findValuesAsText("id")).containsExactly(theirs, ours);
        for (String id : List.of(ours, theirs)) {
            assertThat(as(ADMIN, "GET", "/v1/batches/" + id).status()).isEqualTo(200);
            assertThat(as(ADMIN, "GET", "/v1/batches/" + id + "/results").status()).isEqualTo(200);
        }
    }

    @Test
    void whatTheAdminSubmitsIsTheAdminsAlone() throws IOException {
        String id = json(send(api, ADMIN, "POST", "/v1/batches", "", line(0))).path("id").textValue();

        assertThat(json(as(ADMIN, "GET", "/v1/batches")).findValuesAsText("id")).containsExactly(id);
        for (String client : List.of("local", OTHER, NAMESAKE)) {
            assertUnseen(client, id);
        }
    }

    /** As they lie in the table of a stack that was made before batches had owners. */
    @Test
    void aBatchWithoutAnOwnerIsTheAdminsAlone() throws IOException {
        store.create(Batch.submitted("batch_old", Optional.empty(), 1, 1, START, START + WEEK), new byte[]{'\n'});

        assertThat(json(as(ADMIN, "GET", "/v1/batches/batch_old")).path("id").textValue()).isEqualTo("batch_old");
        assertThat(json(as(ADMIN, "GET", "/v1/batches")).findValuesAsText("id")).containsExactly("batch_old");
        assertUnseen("local", "batch_old");
    }

    @Test
    void aPageIsFullWhereTheOwnerHasSoManyWhateverOthersSubmitted() throws IOException {
        List<String> ours = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            boolean isOurs = i % 10 == 0;
            String id = json(send(api, isOurs ? "local" : OTHER, "POST", "/v1/batches", "", line(0)))
                    .path("id")
                    .textValue();
            if (isOurs) {
                ours.addFirst(id);
            }
            time.pass(Duration.ofMillis(1));
        }

        JsonNode first = json(get("/v1/batches", "limit=2"));
        JsonNode last = json(get("/v1/batches", "limit=2&after=" + ours.get(1)));

        assertThat(first.findValuesAsText("id")).isEqualTo(ours.subList(0, 2));
        assertThat(first.path("has_more").booleanValue()).isTrue();
        assertThat(last.findValuesAsText("id")).containsExactly(ours.getLast());
        assertThat(last.path("has_more").booleanValue()).isFalse();
    }

    @Test
    void aBatchIsToldToClientsWithoutWhatThePoolCosts() throws IOException {
        String path = "/v1/batches/" + json(submit(1)).path("id").textValue();

        assertThat(json(get(path)).path("pool").toString()).contains("endpoints").doesNotContain("usd", "price");
        assertThat(json(as(ADMIN, "GET", path)).path("pool").toString()).contains("budget", "spent_today_usd", "price");
    }

    private ApiResponse as(String key, String method, String path) {
        return send(api, key, method, path, "", "");
    }

    /** By no route, and not by its place among the others either. */
    private void assertUnseen(String key, String id) throws IOException {
        String path = "/v1/batches/" + id;
        String none = text(as(key, "GET", "/v1/batches/batch_none"));
        for (ApiResponse response : List.of(
                as(key, "GET", path), as(key, "POST", path + "/cancel"), as(key, "GET", path + "/results"))) {
            assertError(response, 404, "batch_not_found");
            assertThat(text(response)).isEqualTo(none);
        }
        assertThat(json(as(key, "GET", "/v1/batches")).findValuesAsText("id")).doesNotContain(id);
        assertThat(text(send(api, key, "GET", "/v1/batches", "limit=1", ""))).doesNotContain(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch_none", "%2e%2e", "a b", "batch_1%00", "é", "."})
    void anUnknownIdIs404(String id) throws IOException {
        assertError(get("/v1/batches/" + id), 404, "batch_not_found");
        assertError(get("/v1/batches/" + id + "/results"), 404, "batch_not_found");
        assertError(post("/v1/batches/" + id + "/cancel", ""), 404, "batch_not_found");
    }

    @Test
    void anIdThatCannotBeOneIsNotLookedUp() throws IOException {
        Api broken = api(down(BatchStore.class, new BatchStoreException("down", new IllegalStateException())), queue);

        assertError(send(broken, "GET", "/v1/batches/" + "i".repeat(80), "", ""), 503, "batch_store_unavailable");
        assertError(send(broken, "GET", "/v1/batches/" + "i".repeat(81), "", ""), 404, "batch_not_found");
        assertError(send(broken, "GET", "/v1/batches/a:b/results", "", ""), 404, "batch_not_found");
    }

    @Test
    void aBatchIsForgottenWhenItsTimeIsOver() throws IOException {
        String id = json(submit(1)).path("id").textValue();

        time.pass(Duration.ofDays(7).minusNanos(1));
        assertThat(get("/v1/batches/" + id).status()).isEqualTo(200);
        time.pass(Duration.ofNanos(1));
        assertError(get("/v1/batches/" + id), 404, "batch_not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "'', limit=0, limit",
        "'', limit=101, limit",
        "'', limit=, limit",
        "'', limit=-1, limit",
        "'', limit=ten, limit",
        "'', limit=99999999999999999999, limit",
        "'', after=, after",
        "'', after=a:b, after",
        "/batch_1/results, limit=1001, limit",
        "/batch_1/results, limit=1.5, limit",
        "/batch_1/results, after=batch_1, after",
        "/batch_1/results, after=-2, after",
        "/batch_1/results, x=1&after=1234567890, after",
    })
    void aPageThatCannotBeIs400WithTheParametersName(String path, String query, String param) throws IOException {
        ApiResponse response = get("/v1/batches" + path, query);

        assertError(response, 400, null);
        assertThat(json(response).at("/error/param").textValue()).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /v1/batches, 'GET, POST'",
        "POST, /v1/batches/batch_1, GET",
        "GET, /v1/batches/batch_1/cancel, POST",
        "PUT, /v1/batches/batch_1/results, GET",
    })
    void aWrongMethodComesWithTheRightOnes(String method, String path, String allow) throws IOException {
        ApiResponse response = send(api, method, path, "", "");

        assertError(response, 405, "method_not_supported");
        assertThat(response.headers()).containsEntry("allow", allow);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/batches/", "/v1/batches//cancel", "/v1/batches/a/b", "/v1/batches/a/results/", "//"})
    void aPathThatIsNoneIs404(String path) throws IOException {
        assertError(get(path), 404, "unknown_url");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/batches",
        "POST, /v1/batches",
        "GET, /v1/batches/batch_1",
        "POST, /v1/batches/batch_1/cancel",
        "GET, /v1/batches/batch_1/results",
    })
    void withoutAKeyNothingIsTold(String method, String path) throws IOException {
        ApiRequest request = new ApiRequest(method, path, "", Headers.NONE, line(0).getBytes(UTF_8));

        assertError(Sent.whole(api.handle(request, Deadline.in(Duration.ofSeconds(28), time))), 401, "invalid_api_key");
        assertThat(queue.size()).isZero();
    }

    private Api api(BatchStore batchStore, BatchQueue batchQueue) {
        Pool pool = Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited()));
        Dispatcher dispatcher = new Dispatcher(
                pool,
                new InMemoryStateStore(),
                new ScriptedUpstream(),
                new FixedKeys(),
                time,
                new Random(3),
                _ -> {});
        Batches batches = new Batches(batchStore, batchQueue, pool, time, new Random(3), Duration.ofDays(7));
        return new Api(pool, dispatcher,
                new CallerKeys(new FixedClientKeys(Map.of("default", "local", "other", OTHER, "owner", NAMESAKE)),
                        new FixedClientKeys(Map.of("owner", ADMIN))),
                batches, time, new Random(3),
                new AnswerLimits(MOST, Duration.ofMinutes(5)), () -> {});
    }

    private static <T> T down(Class<T> port, RuntimeException e) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port}, (_, _, _) -> {
            throw e;
        }));
    }

    private void begin(String id) {
        Batch batch = store.find(id, time.now()).orElseThrow();
        store.advance(id, Cursor.START, new Cursor(batch.total(), batch.inputLength()), time.now());
    }

    private void finish(String id, int line, Outcome outcome) {
        finish(id, line, outcome, ("{\"n\":" + line + "}").getBytes(UTF_8));
    }

    private void finish(String id, int line, Outcome outcome, byte[] json) {
        finishUncounted(id, line, outcome, json);
        store.count(id, Counts.of(outcome), time.now());
    }

    private void finishUncounted(String id, int line, Outcome outcome) {
        finishUncounted(id, line, outcome, ("{\"n\":" + line + "}").getBytes(UTF_8));
    }

    private void finishUncounted(String id, int line, Outcome outcome, byte[] json) {
        LineKey key = new LineKey(id, line);
        store.claim(key, "me", time.now(), time.now() + 1, START + WEEK);
        store.finish(key, "me", new LineResult(line, outcome, json), START + WEEK);
    }

    /** One all of whose lines were answered. */
    private String ended(int lines) throws IOException {
        String id = json(submit(lines)).path("id").textValue();
        begin(id);
        IntStream.range(0, lines).forEach(line -> finish(id, line, Outcome.COMPLETED));
        store.end(id, BatchStatus.COMPLETED, new Counts(lines, 0, 0), time.now());
        return id;
    }

    /** One of these results. */
    private String ended(String... results) throws IOException {
        String id = json(submit(results.length)).path("id").textValue();
        begin(id);
        for (int line = 0; line < results.length; line++) {
            finish(id, line, Outcome.COMPLETED, results[line].getBytes(UTF_8));
        }
        store.end(id, BatchStatus.COMPLETED, new Counts(results.length, 0, 0), time.now());
        return id;
    }

    private static String answered(String customId, String body) {
        return "{\"id\":\"batch_req_1\",\"custom_id\":\"" + customId
                + "\",\"response\":{\"status_code\":200,\"body\":\"" + body + "\"},\"error\":null}";
    }

    /** All there are, one after the other. */
    private List<ApiResponse> pages(String id) {
        List<ApiResponse> pages = new ArrayList<>();
        pages.add(get("/v1/batches/" + id + "/results"));
        while (pages.getLast().headers().get("x-has-more").equals("true")) {
            pages.add(get("/v1/batches/" + id + "/results", "after=" + pages.getLast().headers().get("x-next-after")));
        }
        return pages;
    }

    private static List<JsonNode> lines(List<ApiResponse> pages) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (ApiResponse page : pages) {
            for (String line : text(page).lines().toList()) {
                lines.add(MAPPER.readTree(line));
            }
        }
        return lines;
    }

    private ApiResponse submit(int lines) {
        return post(
                "/v1/batches",
                IntStream.range(0, lines).mapToObj(BatchRoutesTest::line).collect(Collectors.joining()));
    }

    private ApiResponse post(String path, String body) {
        return send(api, "POST", path, "", body);
    }

    private ApiResponse get(String path) {
        return get(path, "");
    }

    private ApiResponse get(String path, String query) {
        return send(api, "GET", path, query, "");
    }

    private ApiResponse send(Api to, String method, String path, String query, String body) {
        return send(to, "local", method, path, query, body);
    }

    private ApiResponse send(Api to, String key, String method, String path, String query, String body) {
        Headers headers = new Headers(Map.of("authorization", "Bearer " + key));
        return Sent.whole(to.handle(
                new ApiRequest(method, path, query, headers, body.getBytes(UTF_8)),
                Deadline.in(Duration.ofSeconds(28), time)));
    }

    private static String line(int number) {
        return "{\"custom_id\":\"r%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}\n"
                .formatted(number, body());
    }

    private static String stored(int number) {
        return "{\"custom_id\":\"r%d\",\"url\":\"/v1/chat/completions\",\"body\":%s}\n".formatted(number, body());
    }

    private static String body() {
        return "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }

    private static String text(ApiResponse response) {
        return new String(response.body(), UTF_8);
    }

    private static JsonNode json(ApiResponse response) throws IOException {
        return MAPPER.readTree(response.body());
    }

    private static void assertError(ApiResponse response, int status, @org.jspecify.annotations.Nullable String code)
            throws IOException {
        assertThat(response.status()).isEqualTo(status);
        assertThat(json(response).at("/error/code").textValue()).isEqualTo(code);
        assertThat(json(response).at("/error/message").textValue()).isNotBlank();
    }
}
