package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.aws.FakeSecretsManager.Failure;
import ailb.port.ApiKeys;
import ailb.port.ApiKeys.ApiKey;
import ailb.port.ApiKeys.Lookup;
import ailb.port.ApiKeys.Missing;
import ailb.port.ApiKeys.Unavailable;
import ailb.port.ApiKeysContract;
import ailb.port.SteppedTime;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("The log is everybody's.")
class SecretsManagerKeysTest extends ApiKeysContract {

    private static final String ID = "arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-AbCdEf";
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    /** For so long what was found missing is not looked for again. */
    private static final Duration RESPITE = Duration.ofSeconds(1);

    private final FakeSecretsManager manager = new FakeSecretsManager();
    private final LogCapture log = LogCapture.started();
    private final SteppedTime clock = new SteppedTime(1_795_000_000_000_000_000L);
    private final ApiKeys keys = new SecretsManagerKeys(manager.client(), ID, List.of("primary", "backup"), clock);

    @AfterEach
    void noKeyHasBeenLogged() {
        manager.close();
        log.close();
        assertThat(log.lines()).noneMatch(line -> line.contains("do-not-show"));
    }

    @Override
    protected ApiKeys keys() {
        return keys;
    }

    @Override
    protected void store(Map<String, String> stored) {
        put(stored);
        clock.pass(RESPITE);
    }

    private void put(Map<String, String> stored) {
        manager.put(ID, new JsonMapper().valueToTree(stored).toString());
    }

    @Override
    protected void breakStore() {
        manager.fail(Failure.DOWN);
    }

    @Test
    void nothingIsFetchedBeforeAKeyIsAskedFor() {
        assertThat(manager.calls()).isZero();
    }

    @Test
    void aKnownKeyIsNotFetchedAgainForFiveMinutes() {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        put(Map.of("primary", "another"));

        clock.pass(FIVE_MINUTES.minusNanos(1));
        assertThat(keys.get("primary")).isEqualTo(new ApiKey(SECRET));
        assertThat(manager.calls()).isOne();

        clock.pass(Duration.ofNanos(1));
        assertThat(keys.get("primary")).isEqualTo(new ApiKey("another"));
        assertThat(manager.calls()).isEqualTo(2);
    }

    @Test
    void aClockSetBackDoesNotKeepAnOldKey() {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        put(Map.of("primary", "another"));

        clock.pass(FIVE_MINUTES.negated());

        assertThat(keys.get("primary")).isEqualTo(new ApiKey("another"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"primary\":", "[]", "\"primary\"", "sk-test-do-not-show", "{} {}", ""})
    void anOldKeyServesOnWhileTheSecretHoldsNoMap(String broken) {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        manager.put(ID, broken);
        clock.pass(FIVE_MINUTES);

        assertThat(keys.get("primary")).isEqualTo(new ApiKey(SECRET));
        assertThat(log.lines()).singleElement().asString().contains(ID, "not a JSON object", "serves on");
    }

    @Test
    void anOldKeyServesOnWhileTheSecretCannotBeRead() {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        manager.fail(Failure.DOWN);
        clock.pass(FIVE_MINUTES);

        assertThat(keys.get("primary")).isEqualTo(new ApiKey(SECRET));
        assertThat(keys.get("primary")).isEqualTo(new ApiKey(SECRET));
        assertThat(manager.calls()).as("a fetch in vain is not repeated at once").isEqualTo(2);

        clock.pass(Duration.ofSeconds(10));
        manager.fail(Failure.NONE);
        store(Map.of("primary", "another"));
        assertThat(keys.get("primary")).isEqualTo(new ApiKey("another"));
    }

    @Test
    void aNameThatIsNotKnownIsUnavailableWhileTheSecretCannotBeRead() {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        manager.fail(Failure.DOWN);
        clock.pass(RESPITE);

        assertThat(keys.get("backup")).isInstanceOf(Unavailable.class);
    }

    @Test
    void aSecretThatMayNotBeReadShowsInTheCause() {
        manager.fail(Failure.DENIED);

        assertThat(keys.get("primary")).isInstanceOfSatisfying(
                Unavailable.class, unavailable -> assertThat(unavailable.cause()).contains("AccessDeniedException"));
    }

    @Test
    void aSecretThatCannotBeReadIsNotAskedForByEveryKeyOfARequest() {
        breakStore();
        keys.get("primary");
        int before = manager.calls();

        assertThat(keys.get("backup")).isInstanceOf(Unavailable.class);
        assertThat(manager.calls()).isEqualTo(before);

        clock.pass(RESPITE);
        keys.get("backup");
        assertThat(manager.calls()).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"primary\":\"a key\"}", "[]"})
    void aNameThatTheSecretDoesNotHaveIsLookedForOnceASecond(String secret) {
        manager.put(ID, secret);

        for (int line = 0; line < 100; line++) {
            assertThat(keys.get("absent")).isInstanceOf(Missing.class);
        }
        assertThat(manager.calls()).isOne();

        clock.pass(RESPITE);
        for (int line = 0; line < 100; line++) {
            assertThat(keys.get("absent")).isInstanceOf(Missing.class);
        }
        assertThat(manager.calls()).isEqualTo(2);
    }

    @Test
    void theRemedyNamesAllKeysAndTheCommandThatPutsThem() {
        store(Map.of());

        assertThat(keys.get("primary")).isEqualTo(
                new Missing(
                        "The secret has no API key named 'primary'. Write all keys into a file provider-keys.json,"
                                + " {\"backup\":\"...\",\"primary\":\"...\"}, and run the command in the stack's"
                                + " output Step1PutProviderKeys; it replaces the whole secret."));
        assertThat(keys.get("third")).isInstanceOfSatisfying(
                Missing.class,
                missing -> assertThat(missing.remedy())
                        .contains("{\"backup\":\"...\",\"primary\":\"...\",\"third\":\"...\"}"));
    }

    @Test
    void whichSecretItIsIsForTheLogOnce() {
        store(Map.of());

        assertThat(keys.get("primary")).isInstanceOf(Missing.class);
        assertThat(keys.get("primary")).isInstanceOf(Missing.class);
        assertThat(log.lines()).singleElement()
                .asString()
                .contains(
                        "The secret has no API key named 'primary'. Put all keys: aws secretsmanager put-secret-value"
                                + " --region us-east-1"
                                + " --secret-id arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-AbCdEf"
                                + " --secret-string file://provider-keys.json");
    }

    @Test
    void theRemedySaysWhatIsWrongWithTheSecret() {
        manager.put(ID, "sk-test-do-not-show");
        assertThat(keys.get("primary")).isInstanceOfSatisfying(
                Missing.class,
                missing -> assertThat(missing.remedy())
                        .startsWith("The secret is not a JSON object of names and keys. Write all keys into ")
                        .doesNotContain("do-not-show"));

        clock.pass(RESPITE);
        manager.put(ID, "{\"primary\": {\"key\": \"sk-test-do-not-show\"}, \"backup\": \"" + SECRET + "\"}");
        assertThat(keys.get("primary")).isInstanceOfSatisfying(
                Missing.class,
                missing -> assertThat(missing.remedy())
                        .startsWith(
                                "The secret's API key named 'primary' is not a text in quotes. Write all keys into ")
                        .doesNotContain("do-not-show"));
        assertThat(keys.get("backup")).as("the others are of use").isEqualTo(new ApiKey(SECRET));
    }

    @Test
    void aRefusedKeyIsNotFetchedWhereAnotherIsKnownByNow() {
        store(Map.of("primary", SECRET));
        keys.get("primary");

        assertThat(keys.refresh("primary", new ApiKey("an older one"))).isEqualTo(new ApiKey(SECRET));
        assertThat(manager.calls()).isOne();
    }

    @Test
    void manyThreadsAreServedByOneFetch() throws Exception {
        store(Map.of("primary", SECRET));
        manager.shut();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup>> all = new ArrayList<>();
            for (int thread = 0; thread < 32; thread++) {
                all.add(executor.submit(() -> keys.get("primary")));
            }
            manager.open();
            for (Future<Lookup> one : all) {
                assertThat(one.get()).isEqualTo(new ApiKey(SECRET));
            }
        }
        assertThat(manager.calls()).isOne();
    }

    @Test
    void aFetchThatBeganBeforeTheKeyWasReplacedIsFollowedByAnother() throws Exception {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        clock.pass(RESPITE);
        manager.shut();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> early = executor.submit(() -> keys.get("backup"));
            while (manager.calls() < 2) {
                Thread.onSpinWait();
            }
            store(Map.of("primary", "another"));
            List<Future<Lookup>> late = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                late.add(executor.submit(() -> keys.refresh("primary", new ApiKey(SECRET))));
            }
            manager.open();
            assertThat(early.get()).isInstanceOf(Missing.class);
            for (Future<Lookup> one : late) {
                assertThat(one.get()).isEqualTo(new ApiKey("another"));
            }
        }
        assertThat(manager.calls()).isEqualTo(3);
    }

    @Test
    void othersGoOnWithAnOldCopyWhileOneFetches() throws Exception {
        store(Map.of("primary", SECRET));
        keys.get("primary");
        clock.pass(FIVE_MINUTES);
        manager.shut();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> fetching = executor.submit(() -> keys.get("primary"));
            while (manager.calls() < 2) {
                Thread.onSpinWait();
            }
            assertThat(keys.get("primary")).isEqualTo(new ApiKey(SECRET));
            assertThat(fetching).isNotDone();
            manager.open();
            assertThat(fetching.get()).isEqualTo(new ApiKey(SECRET));
        }
    }

    @Test
    void anInterruptEndsTheLookupAndIsKept() {
        store(Map.of("primary", SECRET));
        Thread.currentThread().interrupt();

        Lookup lookup = keys.get("primary");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(lookup).isInstanceOf(Unavailable.class);
    }
}
