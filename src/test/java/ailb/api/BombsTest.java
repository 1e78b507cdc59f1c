package ailb.api;

import ailb.runtime.SmallProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API with little memory, in a process of its own: no request ends it. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BombsTest {

    @Test
    void noRequestEndsAProcessOf256Megabytes() throws Exception {
        SmallProcess.runToItsEnd(BombedApi.class, BombedApi.WELL);
    }
}
