package ailb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What every build does, however it is called. */
class BuildTest {

    /** Maven itself would only warn. */
    @Test
    void aDownloadWhoseChecksumIsWrongEndsTheBuild() throws IOException {
        assertThat(Files.readAllLines(Path.of(".mvn", "maven.config"))).contains("--strict-checksums");
    }
}
