package ailb.runtime.handlers;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;

/** Does what its event says, a command a line; a port is where the test listens. Stands alone in a task root. */
public final class ScriptedHandler implements RequestStreamHandler {

    private static final int PIECE = 64 * 1024;

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
            String[] words = line.split(" ", 2);
            run(words[0], words.length > 1 ? words[1] : "", out, context);
        }
    }

    private static void run(String command, String operand, OutputStream out, Context context) throws IOException {
        switch (command) {
            case "write" -> write(out, operand);
            case "write-zeros" -> out.write(new byte[Integer.parseInt(operand)]);
            case "wait" -> await(Integer.parseInt(operand));
            case "fail" -> throw new IllegalStateException(operand);
            case "fill" -> fill(out, operand);
            case "write-until-refused" -> writeUntilRefused(out, Integer.parseInt(operand));
            case "exhaust" -> exhaust();
            case "log" -> context.getLogger().log(operand);
            case "context" -> write(
                    out,
                    String.join(
                            " ", context.getAwsRequestId(), context.getFunctionName(), context.getFunctionVersion(),
                            context.getInvokedFunctionArn(), Integer.toString(context.getMemoryLimitInMB()),
                            context.getLogGroupName(), context.getLogStreamName()));
            case "property" -> write(out, System.getProperty(operand, "none"));
            case "security" -> write(out, String.valueOf(Security.getProperty(operand)));
            case "heap" -> write(out, Long.toString(Runtime.getRuntime().maxMemory() / 1024 / 1024));
            case "flags" -> write(
                    out, String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
            default -> throw new IllegalArgumentException(command);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Until the test sends a byte. */
    private static void await(int port) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getInputStream().read();
        }
    }

    /** Writes so many MB, and tells the test of each. */
    private static void fill(OutputStream out, String operand) throws IOException {
        String[] numbers = operand.split(" ");
        byte[] piece = "x".repeat(PIECE).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect(Integer.parseInt(numbers[1]))) {
            for (int megabyte = 0; megabyte < Integer.parseInt(numbers[0]); megabyte++) {
                for (int i = 0; i < 1024 * 1024 / PIECE; i++) {
                    out.write(piece);
                    out.flush();
                }
                socket.getOutputStream().write('\n');
            }
        }
    }

    /** Tells the test what it sees. */
    private static void writeUntilRefused(OutputStream out, int port) throws IOException {
        try {
            while (true) {
                write(out, "more ");
            }
        } catch (IOException e) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write((e + "\n").getBytes(StandardCharsets.UTF_8));
            }
            throw e;
        }
    }

    private static void exhaust() {
        List<byte[]> kept = new ArrayList<>();
        while (!kept.contains(null)) {
            kept.add(new byte[1024 * 1024]);
        }
    }
}
