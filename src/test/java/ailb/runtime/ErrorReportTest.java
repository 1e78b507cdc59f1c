package ailb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class ErrorReportTest {

    @Test
    void isJsonWhateverTheMessageHolds() throws Exception {
        String message = "quote \" backslash \\ line\nbreak tab\t nul\0 umlaut \u00e4 emoji \ud83d\ude00 half \ud83d!";
        JsonNode json = new JsonMapper().readTree(ErrorReport.of(new IllegalStateException(message)).bytes());

        assertThat(json.path("errorMessage").asText()).isEqualTo(message);
        assertThat(json.path("errorType").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(json.path("stackTrace").get(0).asText())
                .startsWith("ailb.runtime.ErrorReportTest.isJsonWhateverTheMessageHolds(ErrorReportTest.java:");
    }

    @Test
    void namesTheClassWhereThereIsNoMessage() {
        assertThat(ErrorReport.of(new NullPointerException()).message()).isEqualTo("java.lang.NullPointerException");
    }

    @Test
    void isShortWhateverTheErrorHolds() {
        RuntimeException error = new RuntimeException("\n".repeat(1_000_000));
        StackTraceElement frame = new StackTraceElement("a.VeryLongClassName".repeat(10), "method", "File.java", 1);
        error.setStackTrace(java.util.Collections.nCopies(10_000, frame).toArray(StackTraceElement[]::new));

        assertThat(ErrorReport.of(error).trailers()).hasSizeLessThan(120_000);
    }

    @Test
    void itsTrailersAreHeadersWhateverTheClassIsCalled() {
        String trailers = new ErrorReport("c", "a\r\nB: \u00fc", "m", java.util.List.of()).trailers();

        assertThat(trailers).startsWith("Lambda-Runtime-Function-Error-Type: a??B:??\r\n");
    }
}
