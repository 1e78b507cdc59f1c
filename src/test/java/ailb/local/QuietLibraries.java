package ailb.local;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the console for the server's own lines: libraries log nothing, the balancer only its bugs. */
final class QuietLibraries {

    /** Held, as the JDK forgets the level of a logger that nobody holds. */
    private static final Logger OURS = Logger.getLogger("ailb");

    private QuietLibraries() {}

    /** To be called before any library is. */
    static void hush() {
        Logger.getLogger("").setLevel(Level.OFF);
        OURS.setLevel(Level.SEVERE);
        // DynamoDB Local logs through log4j, by settings of its own; the AWS SDK through SLF4J.
        System.setProperty("log4j2.loggerContextFactory", "org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
        System.setProperty("org.apache.logging.log4j.simplelog.level", "OFF");
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    }
}
