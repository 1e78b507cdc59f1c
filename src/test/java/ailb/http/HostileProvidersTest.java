package ailb.http;

import ailb.runtime.SmallProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API with little memory, in a process of its own, and providers on real sockets: none of their replies ends it. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileProvidersTest {

    @Test
    void aReplyThatIsTooMuchIsCountedAndTheRequestGoesElsewhere() throws Exception {
        SmallProcess.runToItsEnd(HostileProviders.class, HostileProviders.WELL);
    }
}
