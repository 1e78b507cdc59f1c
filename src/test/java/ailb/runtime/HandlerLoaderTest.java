package ailb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandlerLoaderTest {

    public static class Fine implements RequestStreamHandler {
        @Override
        public void handleRequest(InputStream in, OutputStream out, Context context) {}
    }

    public static final class Failing extends Fine {
        public Failing() {
            throw new UnsupportedOperationException("bad pool");
        }
    }

    public static final class FailingEarly extends Fine {
        static final int NUMBER = Integer.parseInt("no number");
    }

    public static final class Demanding extends Fine {
        public Demanding(String words) {}
    }

    static final class Hidden extends Fine {}

    public abstract static class Abstract extends Fine {
        public Abstract() {}
    }

    private static String name(Class<?> type) {
        return type.getName();
    }

    @Test
    void makesTheHandlerByEitherForm() throws Throwable {
        assertThat(HandlerLoader.load(name(Fine.class))).isExactlyInstanceOf(Fine.class);
        assertThat(HandlerLoader.load(name(Fine.class) + "::handleRequest")).isExactlyInstanceOf(Fine.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                          must have the form",
        "::handleRequest,                             must have the form",
        "java.lang.String::length,                    must have the form",
        "java.lang.String::,                          must have the form",
        "no.Such,                                     names no.Such",
        "java.lang.String,                            java.lang.String must implement",
        "ailb.runtime.HandlerLoaderTest$Demanding,    without arguments",
        "ailb.runtime.HandlerLoaderTest$Hidden,       public class",
        "ailb.runtime.HandlerLoaderTest$Abstract,     public class"
    })
    void saysWhatIsWrongWithAHandler(String handler, String message) {
        assertThatThrownBy(() -> HandlerLoader.load(handler)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void passesOnWhatTheConstructorOrTheClassThrows() {
        assertThatThrownBy(() -> HandlerLoader.load(name(Failing.class)))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("bad pool");
        assertThatThrownBy(() -> HandlerLoader.load(name(FailingEarly.class)))
                .isExactlyInstanceOf(NumberFormatException.class);
    }
}
