package ailb.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that a setting names. */
final class SettingFile {

    /** More than any file of settings has, and little enough to be read whole. */
    private static final int MOST_BYTES = 1_000_000;

    private SettingFile() {}

    /** @param remedy what the user does about a file that cannot be read, as a sentence */
    static byte[] read(String setting, Path file, String remedy) throws BadSettingException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new BadSettingException(
                        setting + ": " + file.toAbsolutePath() + " is larger than " + MOST_BYTES + " bytes. " + remedy);
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new BadSettingException(setting + ": there is no file " + file.toAbsolutePath() + ". " + remedy);
        } catch (IOException e) {
            throw new BadSettingException(
                    setting + ": " + file.toAbsolutePath() + " cannot be read (" + reason(e) + "). " + remedy);
        }
    }

    /** The JDK's words; an exception that has none is known by its kind. */
    private static String reason(IOException e) {
        return e.getMessage() == null || e.getMessage().startsWith("/") ? e.getClass().getSimpleName() : e.getMessage();
    }
}
