package ailb.dispatch.coalesce;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Observation;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.state.EndpointState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteModesTest {

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final WriteModes modes = new WriteModes(time);
    private final Endpoint endpoint = Endpoints.openAi("a", Endpoints.unlimited());

    /** 20,000 calls a minute are two thirds of what an item takes at two writes each, 40,000 the same at one. */
    @ParameterizedTest
    @CsvSource({"0, PLAIN", "333, PLAIN", "334, DEFERRED_OUTCOMES", "666, DEFERRED_OUTCOMES", "667, LEASED",
        "5000, LEASED"})
    void theBusierTheItemTheFewerWrites(double callsPerSecond, WriteModes.Mode mode) {
        assertThat(at(callsPerSecond)).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({"0, PLAIN", "166, PLAIN", "167, DEFERRED_OUTCOMES", "333, DEFERRED_OUTCOMES", "334, LEASED",
        "667, LEASED"})
    void anItemThatRefusedAWriteIsSparedMoreForHalfAMinute(double callsPerSecond, WriteModes.Mode mode) {
        WriteModes.Mode before = at(callsPerSecond);
        modes.on(new DispatchEvent.Throttled("a"));

        assertThat(at(callsPerSecond)).isEqualTo(mode);
        time.pass(Duration.ofSeconds(29));
        assertThat(at(callsPerSecond)).isEqualTo(mode);
        time.pass(Duration.ofSeconds(1));
        assertThat(at(callsPerSecond)).isEqualTo(before);
    }

    @Test
    void onlyThatItemIsSpared() {
        modes.on(new DispatchEvent.Throttled("b"));
        modes.on(new DispatchEvent.Refused("a"));

        assertThat(at(300)).isEqualTo(WriteModes.Mode.PLAIN);
    }

    @Test
    void aClockSetBackEndsIt() {
        modes.on(new DispatchEvent.Throttled("a"));
        time.pass(Duration.ofHours(-1));

        assertThat(at(300)).isEqualTo(WriteModes.Mode.PLAIN);
    }

    private WriteModes.Mode at(double callsPerSecond) {
        return modes.of(endpoint, new Observation(EndpointState.EMPTY, 0, callsPerSecond));
    }
}
