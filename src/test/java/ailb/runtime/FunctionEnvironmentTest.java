package ailb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionEnvironmentTest {

    @Test
    void isWhatLambdaSays() {
        assertThat(
                FunctionEnvironment.of(
                        Map.of(
                                "_HANDLER", "a.B",
                                "AWS_LAMBDA_FUNCTION_NAME", "f",
                                "AWS_LAMBDA_FUNCTION_VERSION", "7",
                                "AWS_LAMBDA_LOG_GROUP_NAME", "group",
                                "AWS_LAMBDA_LOG_STREAM_NAME", "stream",
                                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                                "AWS_LAMBDA_MAX_CONCURRENCY", "8",
                                "AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")))
                .isEqualTo(new FunctionEnvironment("a.B", "f", "7", "group", "stream", 1024, 8, true));
    }

    @Test
    void isOneInvocationAtATimeWhereLambdaSaysNothing() {
        assertThat(FunctionEnvironment.of(Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")))
                .isEqualTo(new FunctionEnvironment("", "", "", "", "", 0, 1, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "1.5", "99999999999"})
    void refusesAConcurrencyThatIsNoNumber(String value) {
        assertThatThrownBy(() -> FunctionEnvironment.of(Map.of("AWS_LAMBDA_MAX_CONCURRENCY", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_LAMBDA_MAX_CONCURRENCY")
                .hasMessageContaining(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":1", "host:99999", "http://host:1", "host:1/path"})
    void refusesAnAddressOfTheApiThatIsNone(String authority) {
        assertThatThrownBy(() -> RuntimeApi.at(authority)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_LAMBDA_RUNTIME_API must be host:port");
    }
}
