package ailb.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', value = {
                "Incorrect API key provided: sk-ab12. Bye | Incorrect API key provided: [redacted] Bye",
                "key sk-proj-...abcd, no                  | key [redacted], no",
                "key 'sk_live_1' no                       | key '[redacted]' no",
                "authorization: Bearer abc.def            | authorization: [redacted]",
                "got abcd********wxyz today               | got [redacted] today",
                "key AIzaSyA1234567890abcdefghijklmnopqrs | key [redacted]",
                "key 0123456789abcdef0123456789abcdef     | key [redacted]",
                "code context_length_exceeded in gpt-4o   | code context_length_exceeded in gpt-4o",
                "The risk-free task-based ask             | The risk-free task-based ask",
            })
    void whatLooksLikeAKeyIsTakenOut(String text, String line) {
        assertThat(LogText.line(text)).isEqualTo(line);
    }

    @Test
    void linesAreShortAndHaveNoControlCharacters() {
        String text = "a\r\nb\u001b[31m c\u2028d\u0000\u202ee ".repeat(1000);

        assertThat(LogText.line(text)).hasSizeLessThanOrEqualTo(200).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    }
}
