package ailb.protocol;

import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.JsonText;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that two readers of one request may take for different things, and such as are made to cost much. */
class HostileNamesTest {

    private static final String HELLO = "{'model':'chat','max_tokens':9,'input':'Hi',"
            + "'messages':[{'role':'user','content':'Hi'}],";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'model':'other'}                                         | model",
        "'x':1,'x':1}                                             | x",
        "'x':{'a':1,'b':2,'c':3,'a':4}}                           | x.a",
        "'x':[0,{'a':[[],{'b':1,'b':{}}]}]}                       | x[1].a[1].b",
        "'x':{'a':1,'\\u0061':2}}                               | x.a",
        "'x':{'':1,'':2}}                                         | x.",
        "'tools':[{'function':{'parameters':{'type':1,'type':2}}}]} | tools[0].function.parameters.type",
    })
    void aNameThatIsGivenTwiceIsRefusedByItsPath(String rest, String path) {
        String body = (HELLO + rest).replace('\'', '"');

        for (RequestKind kind : RequestKind.values()) {
            assertThat(refused(kind, body))
                    .isEqualTo(ApiError.invalidRequest("'" + path + "' is given more than once.", path));
        }
    }

    /** Arguments are JSON in a string, and a string goes on as it is where nobody looks into it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'a':1,'a':1}                     | .a",
        "{'a':1,'b':2,'c':3,'a':4}         | .a",
        "{'x':[0,{'a':[[],{'b':1,'b':{}}]}]} | .x[1].a[1].b",
        "{'a':1,'\\u0061':2}               | .a",
        "{'a':{'a':1},'b':[{'a':1},{'a':1}]} |",
    })
    void aNameThatIsGivenTwiceInArgumentsIsRefusedWhereTheyBecomeAnObject(String arguments, @Nullable String path) {
        ChatRequest request = calling(arguments.replace('\'', '"'));

        assertThat(request.unsupportedAt(Provider.ANTHROPIC))
                .isEqualTo(Optional.ofNullable(path).map(at -> "messages[1].tool_calls[0].function.arguments" + at));
        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
    }

    /** Numbers, escapes and white space too; half a surrogate pair, which has no bytes, is escaped. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{ 'a' : 1e5, 'b': 1.10, 'c':123456789.123456789123456789, 'd':'\\u00e9\\n日😀' } | { 'a' : 1e5, 'b': 1.10, 'c':123456789.123456789123456789, 'd':'\\u00e9\\n日😀' }",
        "{'a':'\uD83D','b':'\\uD83D'} | {'a':'\\ud83d','b':'\\uD83D'}",
    })
    void argumentsBecomeAnInputAsTheyAreWritten(String arguments, String input) {
        Endpoint endpoint = WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude");

        assertThat(WireFiles.text(calling(arguments.replace('\'', '"')).at(endpoint, "key").body()))
                .contains("\"input\":" + input.replace('\'', '"') + "}");
    }

    private static ChatRequest calling(String arguments) {
        String body = "{'model':'chat','messages':[{'role':'user','content':'Hi'},{'role':'assistant','tool_calls':[{"
                + "'id':'a','function':{'name':'f','arguments':" + JsonText.quoted(arguments)
                + "}}]},{'role':'tool','tool_call_id':'a','content':'x'}]}";
        return WireFiles.valid(body.replace('\'', '"'));
    }

    @Test
    void theSameNameInAnotherObjectIsAnother() {
        assertThat(parse(RequestKind.RESPONSES, HELLO + "'x':{'a':{'a':1}},'y':[{'a':1},{'a':1}]}"))
                .isInstanceOf(Parsed.Valid.class);
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void aNameHasAtMostAThousandCharacters(RequestKind kind) {
        assertThat(parse(kind, HELLO + "'x':{'" + "あ".repeat(1000) + "':1}}")).isInstanceOf(Parsed.Valid.class);

        assertThat(refused(kind, HELLO + "'x':{'" + "a".repeat(1001) + "':1}}"))
                .isEqualTo(ApiError.invalidRequest(
                        "'x." + "a".repeat(64) + "...' has a name longer than 1000 characters.",
                        "x." + "a".repeat(64) + "..."));
        assertThat(refused(kind, HELLO + "'x':{'" + "あ".repeat(49_000) + "':1}}").message())
                .endsWith("has a name or number that is too long.");
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void whatTakesMoreMemoryThanTheWholeOfAnyRequestIsRefused(RequestKind kind) {
        assertThat(refused(kind, HELLO + "'x':[0" + ",0".repeat(500_000) + "]}").message())
                .isEqualTo("The request body has more than 500000 values.");
        assertThat(refused(kind, HELLO + "'x':[0" + ",{}".repeat(100_000) + "]}").message())
                .isEqualTo("The request body has more than 100000 objects and arrays.");
        assertThat(parse(kind, HELLO + "'x':[0" + ",0".repeat(400_000) + "]}")).isInstanceOf(Parsed.Valid.class);
    }

    /** Of many names that are long each the beginning is told. */
    @Test
    void aPathIsToldToTwoHundredCharacters() {
        String name = "'" + "a".repeat(1000) + "':";
        String deep = ("{" + name).repeat(50) + "{'b':1,'b':2}" + "}".repeat(50) + "}";

        ApiError error = refused(RequestKind.CHAT_COMPLETIONS, HELLO + "'x':" + deep);

        assertThat(error.param()).hasSize(203).startsWith("x.aaa").endsWith("...");
        assertThat(error.message()).hasSizeLessThan(250);
    }

    /** Where a member stands is told in bytes, of whatever characters there are before it. */
    @Test
    void theModelIsReplacedBehindCharactersOfEveryWidth() {
        String body = "{\"x\":\"aé日😀\\ud83d\\ude00\", \"model\" : \"chat\" ,\"input\":\"é\"}";
        Parsed parsed = ModelRequest.parse(RequestKind.EMBEDDINGS, Headers.NONE, utf8(body));

        assertThat(((Parsed.Valid) parsed).request()
                .at(WireFiles.endpoint(Provider.OPENAI, "https://provider.test", "id"), "key")
                .body())
                .isEqualTo(utf8(body.replace("\"chat\"", "\"id\"")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'max_tokens':100,'n':3 | 300",
        "'max_tokens':100,'n':3,'best_of':5 | 500",
        "'max_completion_tokens':10,'max_tokens':100,'n':2 | 20",
        "'max_tokens':2147483647,'n':2147483647 | 2147483647",
        "'max_tokens':100,'n':null | 100",
    })
    void everyAnswerThatIsAskedForMayHaveSoManyTokens(String fields, long tokens) {
        String body = "{'model':'chat','messages':[{'role':'user','content':'Hi'}]," + fields + "}";

        assertThat(WireFiles.valid(body.replace('\'', '"')).maxTokens()).isEqualTo(OptionalLong.of(tokens));
    }

    /** Four characters are taken for a token. */
    @Test
    void everyTextThatIsEmbeddedIsATokenAtLeast() {
        Parsed parsed = parse(RequestKind.EMBEDDINGS, "{'model':'chat','input':['a'" + ",''".repeat(99) + "]}");

        assertThat(((Parsed.Valid) parsed).request().promptCharacters()).isEqualTo(400);
    }

    private static Parsed parse(RequestKind kind, String body) {
        return ModelRequest.parse(kind, Headers.NONE, utf8(body.replace('\'', '"')));
    }

    private static ApiError refused(RequestKind kind, String body) {
        return switch (parse(kind, body)) {
            case Parsed.Invalid(ApiError error) -> error;
            case Parsed.Valid(ModelRequest request) -> throw new AssertionError("taken: " + request);
        };
    }
}
