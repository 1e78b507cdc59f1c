package ailb.runtime.crac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of org.crac: before a snapshot in the reverse order, after it in the order of registration; all are called. */
class ContextTest {

    private final Context context = new Context();
    private final List<String> calls = new ArrayList<>();

    private final class Recording implements Resource {

        private final String name;

        private Recording(String name) {
            this.name = name;
            context.register(this);
        }

        @Override
        public void beforeCheckpoint(Context given) throws Exception {
            record("before " + name);
        }

        @Override
        public void afterRestore(Context given) throws Exception {
            record("after " + name);
        }

        private void record(String call) throws Exception {
            calls.add(call);
            if (name.startsWith("bad")) {
                throw new Exception(name);
            }
        }
    }

    @Test
    void hooksRunInTheirOrder() throws Exception {
        List<Resource> kept = List.of(new Recording("1"), new Recording("2"), new Recording("3"));

        context.beforeCheckpoint();
        context.afterRestore();

        assertThat(kept).hasSize(3);
        assertThat(calls).containsExactly("before 3", "before 2", "before 1", "after 1", "after 2", "after 3");
    }

    @Test
    void failuresAreCollectedAndTheOtherHooksRun() {
        List<Resource> kept = List.of(new Recording("bad 1"), new Recording("2"), new Recording("bad 3"));

        assertThatThrownBy(context::beforeCheckpoint).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("before", "bad 1", "bad 3")
                .satisfies(e -> assertThat(e.getSuppressed()).extracting(Throwable::getMessage)
                        .containsExactly("bad 3", "bad 1"));
        assertThatThrownBy(context::afterRestore).isInstanceOf(RestoreException.class)
                .hasMessageContainingAll("after", "bad 1", "bad 3")
                .satisfies(e -> assertThat(e.getSuppressed()).extracting(Throwable::getMessage)
                        .containsExactly("bad 1", "bad 3"));
        assertThat(kept).hasSize(3);
        assertThat(calls).hasSize(6);
    }

    @Test
    void aHookMayRegisterAnother() throws Exception {
        List<Resource> kept = new ArrayList<>();
        Resource first = new Resource() {

            @Override
            public void beforeCheckpoint(Context given) {
                kept.add(new Recording("second"));
            }

            @Override
            public void afterRestore(Context given) {}
        };
        context.register(first);

        context.beforeCheckpoint();
        context.afterRestore();

        assertThat(calls).containsExactly("after second");
    }
}
