package ailb.local;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.Optional;

/** The process that started this one, Maven as a rule: when it is killed, this one shall not stay behind. */
record ParentProcess(Optional<ProcessHandle> handle) {

    private static final long BETWEEN_LOOKS = Duration.ofMillis(500).toNanos();

    /** To be asked for at once: later it may have died, and another process have taken its place. */
    static ParentProcess now() {
        return new ParentProcess(ProcessHandle.current().parent());
    }

    /**
     * Runs {@code action} within a second of the parent's end. This process is then given to another parent, which is
     * looked for, as the handle's own {@code onExit} waits for as long as nobody collects the dead parent's exit code.
     */
    void whenEnded(Runnable action, TimeSource time) {
        Thread.ofVirtual().name("parent-watch").start(() -> {
            try {
                while (ProcessHandle.current().parent().equals(handle)) {
                    time.sleep(BETWEEN_LOOKS);
                }
                action.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
