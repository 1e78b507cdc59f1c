package ailb.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server as a process of its own. */
final class LocalProcess {

    private static final Pattern ADDRESS = Pattern.compile("AI load balancer at (http://127\\.0\\.0\\.1:\\d+)");

    private LocalProcess() {}

    /** The command that starts one. */
    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-classpath",
                System.getProperty("java.class.path"),
                LocalServer.class.getName());
    }

    /** Starts it at a free port. */
    static Process start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("POOL_FILE", "KEYS_FILE", "CLIENT_KEY", "JAVA_TOOL_OPTIONS"));
        builder.environment().put("PORT", "0");
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Reads what it says until it is up. */
    static String welcome(BufferedReader out) throws IOException {
        StringBuilder welcome = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            welcome.append(line).append('\n');
            if (line.endsWith("Requests:")) {
                return welcome.toString();
            }
        }
        throw new AssertionError("the server did not come up:\n" + welcome);
    }

    static URI address(String welcome) {
        Matcher matcher = ADDRESS.matcher(welcome);
        if (!matcher.find()) {
            throw new AssertionError("no address:\n" + welcome);
        }
        return URI.create(matcher.group(1));
    }
}
