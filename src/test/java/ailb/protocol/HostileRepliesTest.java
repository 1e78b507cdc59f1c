package ailb.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole replies that have more parts than any answer, and embeddings, which may have more. */
class HostileRepliesTest {

    private static final byte[] CHAT =
            "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}".getBytes(UTF_8);

    private static final byte[] EMBEDDINGS = "{\"model\":\"embed\",\"input\":\"Hi\"}".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"[],", "{},", "1.5,", "\"a\",", "{\"a\":1},"})
    void aReplyOfVeryManyPartsIsNoAnswer(String part) {
        String choices = part.repeat(1_300_000) + "0";
        String reply = "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"}},[" + choices + "]]}";

        assertThat(read(RequestKind.CHAT_COMPLETIONS, CHAT, reply)).isInstanceOfSatisfying(
                ProviderReply.Failure.class,
                failure -> assertThat(failure.failure()).isEqualTo(FailureClass.TRANSPORT));
    }

    /** 1.4 million numbers. */
    @Test
    void vectorsMayHaveMoreNumbers() {
        String vector = "{\"object\":\"embedding\",\"index\":0,\"embedding\":[" + "0.0123456,".repeat(3_000) + "1]}";
        String reply = "{\"object\":\"list\",\"data\": [" + (vector + ",").repeat(460) + vector
                + "],\"model\":\"m\",\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}";

        assertThat(read(RequestKind.EMBEDDINGS, EMBEDDINGS, reply))
                .isInstanceOfSatisfying(ProviderReply.Answer.class, answer -> {
                    assertThat(answer.usage()).isEqualTo(new Usage(7, 0, 0, 0));
                    assertThat(answer.body()).asString(UTF_8).isEqualTo(reply);
                });
    }

    /** Whatever else an answer holds is bounded as in other replies. */
    @ParameterizedTest
    @ValueSource(strings = {
        "{\"usage\":{\"prompt_tokens\":7,\"x\":[%s0]},\"data\":[]}", "{\"data\":[[1]],\"x\":[%s0]}", "[%s0]",
        "{\"data\":{\"x\":[%s0]}}", "{\"data\":[[%s]", "{\"data\":[]} %s",
    })
    void onlyTheVectorsAreNotCounted(String reply) {
        assertThat(read(RequestKind.EMBEDDINGS, EMBEDDINGS, reply.formatted("[],".repeat(700_000))))
                .isInstanceOf(ProviderReply.Failure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"data\":[1,[2]],\"usage\":{\"prompt_tokens\":7}}", "{\"usage\":{\"prompt_tokens\":7},\"data\":[]}",
        " {\"data\" : [ { } ] , \"usage\" : {\"data\":[1],\"prompt_tokens\":7} } ",
        "{\"x\":\"\u00e9\",\"data\":[\"\u00e9\"],\"usage\":{\"prompt_tokens\":7}}",
    })
    void embeddingsAreReadWhereverTheyStand(String reply) {
        assertThat(read(RequestKind.EMBEDDINGS, EMBEDDINGS, reply)).isInstanceOfSatisfying(
                ProviderReply.Answer.class, answer -> assertThat(answer.usage()).isEqualTo(new Usage(7, 0, 0, 0)));
    }

    private static ProviderReply read(RequestKind kind, byte[] request, String reply) {
        return ((Parsed.Valid) ModelRequest.parse(kind, Headers.NONE, request)).request()
                .read(Provider.OPENAI, 200, Headers.NONE, reply.getBytes(UTF_8), Instant.EPOCH);
    }
}
