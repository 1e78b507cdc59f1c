package ailb.protocol.stream;

import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.stream.StreamFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.protocol.WireFiles;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Usage;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for every stream, whoever answers and whoever asks. */
abstract class ReplyStreamContract {

    abstract ReplyStream stream();

    /** Files with what the provider sends; the first has the text {@code Grüß dich 😀} or so. */
    abstract List<String> files();

    /** What the caller gets of a file. */
    abstract String expected(String file);

    /** What the first file tells, and how many characters of text it has. */
    abstract Usage usage();

    abstract long characters();

    /** Events that begin a stream and tell nothing of the answer; the last of them may come again and again. */
    abstract List<String> beforeContent();

    /** The event that comes after them and is the first to tell something. */
    abstract String content();

    /** Events of errors in the provider's words, with this type or code. */
    abstract String errorOf(String type);

    /** Checks an error event that tells the caller this message. */
    abstract void isError(StreamFiles.Told event, String message);

    @Test
    void documentedStreamsAreToldToTheCaller() {
        for (String file : files()) {
            StreamFiles.Read read = read(stream(), StreamFiles.text(file));

            assertThat(read.last()).as(file).isInstanceOf(ReplyStream.Complete.class);
            assertThat(StreamFiles.events(read.text())).as(file).isEqualTo(StreamFiles.events(expected(file)));
        }
    }

    @Test
    void cutInTwoAnywhereItSaysTheSame() {
        for (String file : files()) {
            byte[] bytes = WireFiles.bytes(file);
            String whole = read(stream(), StreamFiles.text(file)).text();
            for (int cut = 0; cut <= bytes.length; cut++) {
                ReplyStream stream = stream();
                byte[] first = stream.feed(Arrays.copyOf(bytes, cut)).events();
                byte[] second = stream.feed(Arrays.copyOfRange(bytes, cut, bytes.length)).events();
                assertThat(WireFiles.text(first) + WireFiles.text(second)).as("%s cut at %d", file, cut)
                        .isEqualTo(whole);
            }
            assertThat(read(stream(), bytes, 1).text()).as("%s byte by byte", file).isEqualTo(whole);
        }
    }

    /** Whatever has come of it is the start of the whole. */
    @Test
    void brokenOffAnywhereItIsBrokenOrComplete() {
        for (String file : files()) {
            byte[] bytes = WireFiles.bytes(file);
            String whole = read(stream(), StreamFiles.text(file)).text();
            for (int cut = 0; cut < bytes.length; cut++) {
                StreamFiles.Read read = read(stream(), Arrays.copyOf(bytes, cut), 100);
                if (read.last() instanceof ReplyStream.Broken) {
                    assertThat(whole).as("%s cut at %d", file, cut).startsWith(read.text());
                    assertThat(read.failure().failure()).isEqualTo(FailureClass.TRANSPORT);
                } else {
                    assertThat(read.last()).isInstanceOf(ReplyStream.Complete.class);
                }
            }
        }
    }

    @Test
    void linesMayEndInEitherWayAndAMarkMayComeFirst() {
        String text = StreamFiles.text(files().getFirst());
        List<StreamFiles.Told> told = StreamFiles.events(read(stream(), text).text());
        for (String end : List.of("\n", "\r\n", "\r")) {
            for (int size : List.of(1, 7, 1 << 20)) {
                StreamFiles.Read read = read(stream(), utf8("\uFEFF" + text.replace("\n", end)), size);

                assertThat(read.last()).isInstanceOf(ReplyStream.Complete.class);
                assertThat(StreamFiles.events(read.text().replaceAll("\r\n|\r", "\n").replace("\uFEFF", "")))
                        .as("%d bytes of lines that end in %s", size, Arrays.toString(utf8(end)))
                        .isEqualTo(told);
            }
        }
    }

    @Test
    void whatIsNoEventOfTheProviderBreaksIt() {
        String first = firstEvent();
        String told = read(stream(), first).text();
        for (String garbage : List.of("data: {\n\n", "data: 7\n\n", "data: <html>\n\n", "data: {\"a\":1}\n\n",
                "data: " + "[".repeat(10_000) + "\n\n", "data: [DONE]x\n\n")) {
            StreamFiles.Read read = read(stream(), first + garbage + first);

            assertThat(read.text()).as(garbage).isEqualTo(told);
            assertThat(read.failure().failure()).as(garbage).isEqualTo(FailureClass.TRANSPORT);
        }
    }

    @Test
    void anErrorAmongTheEventsSaysWhatItIs() {
        assertThat(errorAfter("", "overloaded_error").failure()).isEqualTo(FailureClass.OVERLOADED);
        assertThat(errorAfter(firstEvent(), "overloaded_error").failure()).isEqualTo(FailureClass.OVERLOADED);
        assertThat(errorAfter(firstEvent(), "rate_limit_error").failure()).isEqualTo(FailureClass.RATE_LIMITED);
        assertThat(errorAfter(firstEvent(), "insufficient_quota").failure()).isEqualTo(FailureClass.QUOTA);
        assertThat(errorAfter(firstEvent(), "api_error").failure()).isEqualTo(FailureClass.SERVER);
    }

    /** No endpoint is at fault, and no other would take it. */
    @Test
    void anErrorOfTheCallersIsPassedOnWithItsStatus() {
        ProviderReply.Failure failure = errorAfter("", "invalid_request_error");

        assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.status()).isEqualTo(400);
        assertThat(WireFiles.json(failure.passOn()).at("/error/message").asText()).isEqualTo("Sorry");
    }

    private ProviderReply.Failure errorAfter(String events, String type) {
        return read(stream(), events + errorOf(type)).failure();
    }

    @Test
    void anEventWithoutAnEndIsNotCollectedForEver() {
        ReplyStream stream = stream();
        byte[] megabyte = utf8("x".repeat(1 << 20));
        Optional<ReplyStream.Step> broken = IntStream.range(0, 20)
                .mapToObj(_ -> stream.feed(megabyte))
                .filter(ReplyStream.Broken.class::isInstance)
                .findFirst();

        assertThat(broken).isPresent();
    }

    @Test
    void usageAndTextAreCounted() {
        ReplyStream stream = stream();
        read(stream, StreamFiles.text(files().getFirst()));

        assertThat(stream.usage()).contains(usage());
        assertThat(stream.characters()).isEqualTo(characters());
    }

    @Test
    void nothingComesAfterTheLast() {
        ReplyStream stream = stream();
        String text = StreamFiles.text(files().getFirst());
        StreamFiles.Read read = read(stream, text + text);

        assertThat(read.text()).isEqualTo(read(stream(), text).text());
        assertThat(stream.feed(utf8(text))).isInstanceOfSatisfying(
                ReplyStream.Complete.class, complete -> assertThat(complete.events()).isEmpty());
        assertThat(stream.end().events()).isEmpty();
    }

    /** What the SDKs of both providers look for to raise their own error. */
    @Test
    void anErrorIsToldInTheCallersProtocol() {
        ReplyStream stream = stream();
        stream.feed(utf8(firstEvent()));
        String error = WireFiles.text(stream.error(ApiError.badGateway("It broke \"off\"\nhere")));

        assertThat(error).endsWith("\n\n");
        isError(StreamFiles.events(error).getFirst(), "It broke \"off\"\nhere");
    }

    /** Until then another endpoint can still be asked. */
    @Test
    void commentsAloneAreNoFirstEvent() {
        ReplyStream stream = stream();

        assertThat(stream.feed(utf8(": waiting\n\n: still\n\n")).events()).isEmpty();
        assertThat(WireFiles.text(stream.feed(WireFiles.bytes(files().getFirst())).events()))
                .endsWith(read(stream(), StreamFiles.text(files().getFirst())).text());
    }

    /** Until content another endpoint can still be asked: what is sent at once by any model is held back. */
    @Test
    void whatComesBeforeContentIsHeldBackAndGoesOutWithIt() {
        ReplyStream stream = stream();
        for (String event : beforeContent()) {
            assertThat(stream.feed(utf8(event)).events()).as(event).isEmpty();
        }
        String before = String.join("", beforeContent());
        String all = WireFiles.text(stream.feed(utf8(content())).events());

        assertThat(all).isNotEmpty().isEqualTo(read(stream(), before + content()).text());
        assertThat(WireFiles.text(stream.feed(utf8(content())).events())).isNotEmpty().hasSizeLessThan(all.length());
    }

    @Test
    void aFailureBeforeContentTellsTheCallerNothing() {
        String before = String.join("", beforeContent());

        assertThat(read(stream(), before).text()).isEmpty();
        assertThat(read(stream(), before).last()).isInstanceOf(ReplyStream.Broken.class);
        assertThat(read(stream(), before + errorOf("overloaded_error")).text()).isEmpty();
    }

    /** Bytes that an event may have. */
    int longestEvent() {
        return 1 << 20;
    }

    @Test
    void anEventOfNoEndIsNoneAfterContentEither() {
        ReplyStream stream = stream();
        stream.feed(utf8(String.join("", beforeContent()) + content()));

        assertThat(stream.feed(utf8("data: " + "x".repeat(longestEvent() - 6)))).isInstanceOf(ReplyStream.More.class);
        assertThat(stream.feed(utf8("x"))).isInstanceOfSatisfying(
                ReplyStream.Broken.class,
                broken -> assertThat(broken.failure().failure()).isEqualTo(FailureClass.TRANSPORT));
    }

    /** Bytes that may come before any content, comments included. */
    int mostBeforeContent() {
        return 256 * 1024;
    }

    @Test
    void thatIsNotHeldBackForEver() {
        int most = mostBeforeContent();
        String comment = ": " + "waiting ".repeat(most / 2048) + "\n\n";
        for (String endless : List.of(comment, beforeContent().getLast())) {
            ReplyStream stream = stream();
            stream.feed(utf8(beforeContent().getFirst()));
            int fed = 0;
            ReplyStream.Step step = stream.feed(new byte[0]);
            while (step instanceof ReplyStream.More && fed <= most + comment.length()) {
                step = stream.feed(utf8(endless));
                fed += endless.length();
            }

            assertThat(step).as(endless).isInstanceOfSatisfying(ReplyStream.Broken.class, broken -> {
                assertThat(broken.failure().failure()).isEqualTo(FailureClass.TRANSPORT);
                assertThat(broken.events()).isEmpty();
            });
            assertThat(fed).isGreaterThan(most - 2000 - comment.length());
        }
    }

    /** Two halves of a character that came in two events: neither is lost, and nothing is thrown. */
    @Test
    void halfCharactersPassAsTheyAre() {
        String text = StreamFiles.text(files().getFirst()).replace("😀", "\\ud83d");

        assertThat(read(stream(), text).text()).contains("\\ud83d");
    }

    private String firstEvent() {
        String text = StreamFiles.text(files().getFirst());
        return text.substring(0, text.indexOf("\n\n") + 2);
    }

    static void isAnthropicError(StreamFiles.Told event, String message) {
        assertThat(event.name()).isEqualTo("error");
        assertThat(event.data().path("type").asText()).isEqualTo("error");
        assertThat(event.data().at("/error/type").asText()).isEqualTo("api_error");
        assertThat(event.data().at("/error/message").asText()).isEqualTo(message);
    }

    static void isOpenAiError(StreamFiles.Told event, String message) {
        JsonNode error = event.data().path("error");
        assertThat(event.name()).isEmpty();
        assertThat(error.path("message").asText()).isEqualTo(message);
        assertThat(error.path("type").asText()).isEqualTo("server_error");
    }
}
