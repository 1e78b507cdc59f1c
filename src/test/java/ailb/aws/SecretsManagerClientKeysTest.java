package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.api.ClientKeys;
import ailb.api.ClientKeysException;
import ailb.aws.FakeSecretsManager.Failure;
import ailb.port.SteppedTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("The log is everybody's.")
class SecretsManagerClientKeysTest {

    private static final String ID = "clients";
    private static final String LAPTOP = "do-not-show-laptop-key";
    private static final String SERVER = "do-not-show-server-key";

    private final FakeSecretsManager manager = new FakeSecretsManager();
    private final LogCapture log = LogCapture.started();
    private final SteppedTime clock = new SteppedTime(1_795_000_000_000_000_000L);
    private final ClientKeys keys = SecretsManagerClientKeys.ofClients(manager.client(), ID, clock);

    @AfterEach
    void noKeyHasBeenLogged() {
        manager.close();
        log.close();
        assertThat(log.lines()).noneMatch(line -> line.contains("do-not-show"));
    }

    @Test
    void theKeysOfAllClientsAreKnown() {
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\\n\",\"server\":\"" + SERVER + "\"}");

        assertThat(keys.current().values()).containsExactlyInAnyOrder(LAPTOP, SERVER);
        assertThat(keys.current().values()).containsExactlyInAnyOrder(LAPTOP, SERVER);
        assertThat(manager.calls()).isOne();
    }

    @Test
    void nothingIsFetchedBeforeTheKeysAreAskedFor() {
        assertThat(manager.calls()).isZero();
    }

    @Test
    void aSecretWithoutClientsLetsNobodyIn() {
        manager.put(ID, "{}");

        assertThat(keys.current()).isEmpty();
    }

    @Test
    void aKeyThatCouldBeGuessedIsNotAcceptedWhichIsSaidOnce() {
        String twenty = "do-not-show-12345678";
        manager.put(
                ID,
                "{\"twenty\":\"" + twenty + "\",\"nineteen\":\"" + twenty.substring(1) + "\",\"empty\":\"\","
                        + "\"number\":12345678901234567890}");

        assertThat(keys.current().values()).containsExactly(twenty);
        assertThat(keys.current().values()).containsExactly(twenty);
        assertThat(log.lines()).hasSize(3)
                .anyMatch(line -> line.contains("'nineteen'") && line.contains("shorter than 20"))
                .anyMatch(line -> line.contains("'empty'") && line.contains("is empty"))
                .anyMatch(line -> line.contains("'number'") && line.contains("not a text"));
    }

    @Test
    void aKeyThatStandsInPlaceOfTheNameIsNotShown() {
        manager.put(ID, "{\"" + LAPTOP + "\":\"laptop\"}");

        assertThat(keys.current()).isEmpty();
        assertThat(log.lines()).singleElement().asString().contains("'do-n...'");
    }

    /** It stands with each batch in the table, where a key and a small item have their limits. */
    @Test
    void aNameThatIsTooLongIsNotAccepted() {
        String longest = "n".repeat(128);
        manager.put(ID, "{\"" + longest + "\":\"" + LAPTOP + "\",\"" + longest + "n\":\"" + SERVER + "\"}");

        assertThat(keys.current()).containsOnlyKeys(longest);
        assertThat(log.lines()).singleElement().asString().contains("more than 128 characters");
    }

    @Test
    void theAdminsKeysAreKeptLikeTheClientsAndNamedAsTheAdmins() {
        ClientKeys admin = SecretsManagerClientKeys.ofAdmin(manager.client(), "admin", clock);
        assertThatThrownBy(admin::current).isInstanceOf(ClientKeysException.class)
                .hasMessageStartingWith("The admin keys cannot be read: ");

        clock.pass(Duration.ofSeconds(1));
        manager.put("admin", "{\"admin\":\"" + LAPTOP + "\",\"short\":\"abc\"}");
        assertThat(admin.current()).containsExactly(Map.entry("admin", LAPTOP));
        assertThat(log.lines()).anyMatch(line -> line.contains("The key of admin 'short' is not accepted"));
    }

    @Test
    void aNewClientIsKnownAfterTenSecondsAtMost() {
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\"}");
        keys.current();
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\",\"server\":\"" + SERVER + "\"}");

        clock.pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(keys.refreshed().values()).containsExactly(LAPTOP);
        assertThat(manager.calls()).isOne();

        clock.pass(Duration.ofNanos(1));
        assertThat(keys.refreshed().values()).containsExactlyInAnyOrder(LAPTOP, SERVER);
        assertThat(keys.refreshed().values()).containsExactlyInAnyOrder(LAPTOP, SERVER);
        assertThat(manager.calls()).isEqualTo(2);
        assertThat(keys.current().values()).containsExactlyInAnyOrder(LAPTOP, SERVER);
    }

    @Test
    void fetchesInVainAreBoundedToo() {
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\"}");
        keys.current();
        manager.fail(Failure.DOWN);
        clock.pass(Duration.ofSeconds(10));

        assertThat(keys.refreshed().values()).containsExactly(LAPTOP);
        assertThat(keys.refreshed().values()).containsExactly(LAPTOP);
        assertThat(manager.calls()).isEqualTo(2);
    }

    @Test
    void aClientTakenOutIsUnknownAfterFiveMinutes() {
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\"}");
        keys.current();
        manager.put(ID, "{}");
        clock.pass(Duration.ofMinutes(5));

        assertThat(keys.current()).isEmpty();
    }

    @Test
    void withoutTheSecretNoKeysAreKnown() {
        assertThatThrownBy(keys::current).isInstanceOf(ClientKeysException.class)
                .hasMessageContaining("ResourceNotFoundException");

        manager.put(ID, LAPTOP);
        clock.pass(Duration.ofSeconds(1));
        assertThatThrownBy(keys::current).isInstanceOf(ClientKeysException.class)
                .hasMessageContaining("not a JSON object")
                .hasMessageNotContaining("do-not-show");

        clock.pass(Duration.ofSeconds(1));
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\"}");
        assertThat(keys.current().values()).containsExactly(LAPTOP);
    }

    @Test
    void aSecretThatHoldsNoClientsIsReadOnceASecond() {
        manager.put(ID, "[]");

        for (int request = 0; request < 100; request++) {
            assertThatThrownBy(keys::current).isInstanceOf(ClientKeysException.class);
        }
        assertThat(manager.calls()).isOne();

        clock.pass(Duration.ofSeconds(1));
        assertThatThrownBy(keys::refreshed).isInstanceOf(ClientKeysException.class);
        assertThat(manager.calls()).isEqualTo(2);
    }

    @Test
    void whatIsReadOfTheSecretDoesNotPrint() {
        manager.put(ID, "{\"laptop\":\"" + LAPTOP + "\"}");
        CachedSecret.Reading reading =
                new CachedSecret(manager.client(), ID, clock).reading(CachedSecret.MAX_AGE, _ -> true);

        assertThat(reading).isInstanceOf(SecretMap.class).asString().doesNotContain("do-not-show");
    }
}
