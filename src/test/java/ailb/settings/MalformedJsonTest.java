package ailb.settings;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedJsonTest {

    private static final String LOOK =
            "; look here and just before for a missing or extra comma, quote, brace or bracket";
    private static final String DEEP = "nested too deeply, or a name, text or number is too long";

    static List<Arguments> files() {
        return List.of(
                arguments("", "line 1, column 1: the file is empty; it must hold an object"),
                arguments(" \n ", "line 2, column 2: the file is empty; it must hold an object"),
                arguments("{", "line 1, column 2: the file ends too early; look for a missing quote, brace or bracket"),
                arguments("{\n \"a",
                        "line 2, column 4: the file ends too early; look for a missing quote, brace or bracket"),
                arguments("{\n \"a\": 1,\n}", "line 3, column 1: unexpected '}'" + LOOK),
                arguments("{\"a\": [1 2]}", "line 1, column 10: unexpected '2'" + LOOK),
                arguments("{\"a\": sk-hunter2}", "line 1, column 7: not JSON" + LOOK),
                arguments("{\"a\": NaN}", "line 1, column 10: not JSON" + LOOK),
                arguments("{\"a\": 1} {",
                        "line 1, column 10: more follows after the end; the file must hold one object"),
                arguments("// a\n{}", "line 1, column 1: unexpected '/'" + LOOK),
                arguments("{\"a\": 1e99999999999}", "line 1, column 7: not a number; its exponent is out of range"),
                arguments("[".repeat(50), "line 1, column 22: " + DEEP),
                arguments("{\"a\": " + "1".repeat(2000) + "}", "line 1, column 2007: " + DEEP));
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefusedWithLineAndColumnAndWithoutWhatTheFileSays(String json, String message) {
        assertThatThrownBy(() -> PoolFile.parse(EndpointJson.bytes(json)))
                .isInstanceOf(PoolFileException.class)
                .hasMessage(message);
    }

    @Test
    void whatIsNotTextIsRefused() {
        byte[] utf32OutOfRange = {0, 0, (byte) 0xfe, (byte) 0xff, (byte) 0x7f, 1, 1, 1};

        assertThatThrownBy(() -> PoolFile.parse(utf32OutOfRange))
                .isInstanceOf(PoolFileException.class)
                .hasMessage("(whole file): is not text in UTF-8");
    }
}
