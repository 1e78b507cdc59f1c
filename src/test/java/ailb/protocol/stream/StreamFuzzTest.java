package ailb.protocol.stream;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.WireFiles;
import ailb.protocol.error.ApiError;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Streams that went wrong on the way: never an exception, whatever the bytes and wherever they are cut. */
class StreamFuzzTest {

    private static final int INPUTS = Integer.getInteger("ailb.fuzz.inputs", 10_000);

    private static final List<Supplier<ReplyStream>> STREAMS = List.of(
            () -> new OpenAiChatStream(false, List.of()),
            () -> new MessagesStream(List.of()),
            () -> new MessagesToChatStream(true, "chat", List.of(), WireFiles.NOW),
            () -> new ChatToMessagesStream(true, "chat", List.of(), WireFiles.NOW),
            () -> new ResponsesStream(List.of()));

    private static final List<byte[]> GOLDEN = Stream.of(
            OpenAiChatStreamTest.FILES, MessagesStreamTest.FILES, List.of("openai/streams/response/openai.txt"))
            .flatMap(List::stream)
            .map(WireFiles::bytes)
            .toList();

    private static final List<String> SCRAPS = List.of(
            "\n", "\r", "\n\n", "\r\n\r\n", "data:", "data: [DONE]\n\n", ": x\n\n", "\uFEFF", "null", "{}", "[]", "-1",
            "1e999999999", "9223372036854775808", "\"\"", "\"\\ud83d\"", "true", "{\"a\":", "\u0000", "[[[[");

    @Test
    void everyStreamEndsBrokenOrComplete() {
        for (long seed = 0; seed < INPUTS; seed++) {
            try {
                run(new SplittableRandom(seed));
            } catch (RuntimeException | AssertionError | StackOverflowError broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        }
    }

    private static void run(SplittableRandom random) {
        byte[] bytes = mutated(pick(GOLDEN, random), random);
        for (Supplier<ReplyStream> each : STREAMS) {
            ReplyStream stream = each.get();
            ReplyStream.Step step = new ReplyStream.More(new byte[0]);
            int from = 0;
            while (step instanceof ReplyStream.More && from < bytes.length) {
                int until = Math.min(bytes.length, from + 1 + random.nextInt(400));
                step = stream.feed(Arrays.copyOfRange(bytes, from, until));
                from = until;
            }
            step = step instanceof ReplyStream.More ? stream.end() : step;
            assertThat(step).isNotInstanceOf(ReplyStream.More.class);
            assertThat(stream.error(ApiError.badGateway("x"))).isNotEmpty();
            assertThat(stream.characters()).isBetween(0L, (long) bytes.length);
            stream.usage().ifPresent(usage -> assertThat(usage.outputTokens()).isNotNegative());
        }
    }

    /** A few changes, and perhaps no end. */
    private static byte[] mutated(byte[] original, SplittableRandom random) {
        String text = WireFiles.text(original);
        for (int change = random.nextInt(4); change > 0; change--) {
            int at = random.nextInt(text.length() + 1);
            int until = Math.min(text.length(), at + random.nextInt(20));
            text = switch (random.nextInt(4)) {
                case 0 -> text.substring(0, at) + pick(SCRAPS, random) + text.substring(at);
                case 1 -> text.substring(0, at) + pick(SCRAPS, random) + text.substring(until);
                case 2 -> text.substring(0, at) + text.substring(until);
                default -> valueReplaced(text, pick(SCRAPS, random), random);
            };
        }
        byte[] bytes = WireFiles.utf8(text);
        if (bytes.length > 0 && random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return Arrays.copyOf(bytes, random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length);
    }

    /** Puts a scrap in the place of a value, so that more of the mutants are JSON still. */
    private static String valueReplaced(String text, String scrap, SplittableRandom random) {
        String[] pieces = text.split("(?<=:)|(?=[,}\\]])", -1);
        pieces[random.nextInt(pieces.length)] = scrap;
        return String.join("", pieces);
    }

    private static <T> T pick(List<T> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }
}
