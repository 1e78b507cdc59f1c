package ailb.protocol;

import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Provider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has no equivalent at Anthropic is named by its path, so that nothing is dropped in silence. */
class ChatRefusalsTest {

    private static final String HELLO = "{'role':'user','content':'x'}";
    private static final String CALL =
            "{'role':'assistant','tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'}},"
                    + "{'id':'b','function':{'name':'f','arguments':'{}'}}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "functions                         | 'functions':[]",
                "function_call                     | 'function_call':'auto'",
                "response_format                   | 'response_format':{'type':'json_object'}",
                "response_format                   | 'response_format':'json'",
                "n                                 | 'n':2",
                "logprobs                          | 'logprobs':true",
                "top_logprobs                      | 'top_logprobs':2",
                "logit_bias                        | 'logit_bias':{'50256':-100}",
                "seed                              | 'seed':1",
                "frequency_penalty                 | 'frequency_penalty':0.5",
                "presence_penalty                  | 'presence_penalty':-1",
                "audio                             | 'audio':{'voice':'alloy'}",
                "modalities                        | 'modalities':['text','audio']",
                "prediction                        | 'prediction':{'type':'content','content':'x'}",
                "web_search_options                | 'web_search_options':{}",
                "reasoning_effort                  | 'reasoning_effort':'minimal'",
                "reasoning_effort                  | 'reasoning_effort':3",
                "verbosity                         | 'verbosity':'low'",
                "store                             | 'store':true",
                "service_tier                      | 'service_tier':'priority'",
                "service_tier                      | 'service_tier':'flex'",
                "stream_options.x                  | 'stream_options':{'x':1}",
                "stop                              | 'stop':['x','\\n\\u00a0']",
                "stop                              | 'stop':''",
                "metadata                          | 'metadata':[]",
                "safety_identifier                 | 'safety_identifier':1",
                "parallel_tool_calls               | 'parallel_tool_calls':'no'",
                "a_field_of_tomorrow               | 'a_field_of_tomorrow':0",
            })
    void field(String field, String member) {
        assertRefused(field, HELLO, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "tools                             | 'tools':{}",
                "tools[0].type                     | 'tools':['f']",
                "tools[0].type                     | 'tools':[{'type':'custom','custom':{'name':'f'}}]",
                "tools[1].type                     | 'tools':[{'type':'function','function':{'name':'f'}},{'type':'web_search'}]",
                "tools[0].cache                    | 'tools':[{'type':'function','function':{'name':'f'},'cache':1}]",
                "tools[0].function                 | 'tools':[{'type':'function'}]",
                "tools[0].function.name            | 'tools':[{'type':'function','function':{'description':'x'}}]",
                "tools[0].function.description     | 'tools':[{'type':'function','function':{'name':'f','description':1}}]",
                "tools[0].function.parameters      | 'tools':[{'type':'function','function':{'name':'f','parameters':[]}}]",
                "tools[0].function.strict          | 'tools':[{'type':'function','function':{'name':'f','strict':'yes'}}]",
                "tools[0].function.examples        | 'tools':[{'type':'function','function':{'name':'f','examples':[]}}]",
                "tool_choice                       | 'tool_choice':'required'",
                "tool_choice                       | 'tool_choice':'any'",
                "tool_choice                       | 'tool_choice':{'type':'allowed_tools','allowed_tools':{}}",
                "tool_choice.function.name         | 'tool_choice':{'type':'function'}",
                "tool_choice.function.x            | 'tool_choice':{'type':'function','function':{'name':'f','x':1}}",
                "response_format.json_schema.schema| 'response_format':{'type':'json_schema','json_schema':{'name':'x'}}",
                "response_format.json_schema.schema.properties.a.minimum   | 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'object','properties':{'a':{'type':'integer','minimum':1}}}}}",
                "response_format.json_schema.schema.$defs.a.anyOf[1].maxLength | 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'$defs':{'a':{'anyOf':[{},{'type':'string','maxLength':1}]}}}}}",
                "response_format.json_schema.schema.items.minItems         | 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'array','items':{'type':'array','minItems':2}}}}",
                "response_format.json_schema.schema.additionalProperties   | 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'object','additionalProperties':{'type':'string'}}}}",
                "response_format.json_schema.schema.properties.a.additionalProperties | 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'object','properties':{'a':{'type':['object','null']}}}}}",
                "tools[0].function.parameters.properties.a.maximum | 'tools':[{'type':'function','function':{'name':'f','strict':true,'parameters':{'type':'object','properties':{'a':{'maximum':1}}}}}]",
                "response_format.json_schema.strict| 'response_format':{'type':'json_schema','json_schema':{'schema':{},'strict':1}}",
                "response_format.json_schema.description| 'response_format':{'type':'json_schema','json_schema':{'description':'x','schema':{'description':'y'}}}",
                "temperature                       | 'reasoning_effort':'low','temperature':0.9",
                "top_p                             | 'reasoning_effort':'low','top_p':0.9",
                "tool_choice                       | 'reasoning_effort':'low','tool_choice':'required','tools':[{'type':'function','function':{'name':'f'}}]",
            })
    void partOfAField(String field, String member) {
        assertRefused(field, HELLO, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "image_url        | {'type':'image_url','image_url':'https://x.test/a.png'}",
                "image_url        | {'type':'image_url'}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'u'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'http://x.test/a.png'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/svg+xml;base64,AAAA'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png,AAAA'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,AAA'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,A==='}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=A'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,AA_-'}}",
                "image_url.url    | {'type':'image_url','image_url':{'url':'data:image/png;base64,AAA é'}}",
                "image_url.detail | {'type':'image_url','image_url':{'url':'https://x.test/a.png','detail':'low'}}",
                "image_url.x      | {'type':'image_url','image_url':{'url':'https://x.test/a.png','x':0}}",
                "input_audio      | {'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}",
                "file.file_id     | {'type':'file','file':{'file_id':'f'}}",
                "file.file_data   | {'type':'file','file':{'file_data':'data:text/plain;base64,AAAA'}}",
                "file.file_data   | {'type':'file','file':{'filename':'x.pdf','file_data':'AAAA'}}",
                "file.filename    | {'type':'file','file':{'filename':1,'file_data':'data:application/pdf;base64,AAAA'}}",
                "type             | {'type':'thought'}",
                "refusal          | {'type':'refusal','refusal':'no'}",
                "cache            | {'type':'text','text':'x','cache':1}",
            })
    void partOfAMessage(String field, String part) {
        assertRefused("messages[0].content[1]." + field,
                "{'role':'user','content':[{'type':'text','text':'x'}," + part + "]}", "'n':1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "messages[1].name                  | {'role':'user','content':'x','name':'ann'}",
                "messages[1].tool_call_id          | {'role':'user','content':'x','tool_call_id':'a'}",
                "messages[1].role                  | {'role':'function','name':'f','content':'x'}",
                "messages[1].refusal               | {'role':'assistant','refusal':1}",
                "messages[1].function_call         | {'role':'assistant','function_call':{'name':'f','arguments':'{}'}}",
                "messages[1].annotations           | {'role':'assistant','content':'x','annotations':[{'type':'url_citation'}]}",
                "messages[1].audio                 | {'role':'assistant','audio':{'id':'a'}}",
                "messages[1].content[0].image_url  | {'role':'assistant','content':[{'type':'image_url','image_url':{'url':'https://x.test/'}}]}",
                "messages[1].content[0].image_url  | {'role':'system','content':[{'type':'image_url','image_url':{'url':'https://x.test/'}}]}",
                "messages[1].thinking_blocks       | {'role':'assistant','content':'x','thinking_blocks':'t'}",
                "messages[1].thinking_blocks[0]    | {'role':'assistant','content':'x','thinking_blocks':[{'type':'thinking','thinking':'t'}]}",
                "messages[1].thinking_blocks[0]    | {'role':'assistant','content':'x','thinking_blocks':[{'type':'text','text':'t'}]}",
                "messages[1].tool_calls            | {'role':'assistant','tool_calls':{}}",
                "messages[1].tool_calls[0].id      | {'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':'{}'}}]}",
                "messages[1].tool_calls[0].id      | {'role':'assistant','tool_calls':[{'id':'f:0','function':{'name':'f','arguments':'{}'}}]}",
                "messages[1].tool_calls[0].type    | {'role':'assistant','tool_calls':[{'id':'a','type':'custom','custom':{'name':'f'}}]}",
                "messages[1].tool_calls[0].function.name | {'role':'assistant','tool_calls':[{'id':'a','function':{'arguments':'{}'}}]}",
            })
    void fieldOfAMessage(String field, String message) {
        assertRefused(field, HELLO + "," + message, "'n':1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', nullValues = "-", value = {
                "'{'", "'[1]'", "'null'", "'{} {}'", "'x'", "[]", "1", "null", "'{\\\"\\\":1,\\\"\\\":1}'",
            })
    void argumentsThatAreNoObject(String arguments) {
        assertArgumentsRefused("", arguments);
    }

    @Test
    void argumentsWithANameThatHasNoBytes() {
        assertArgumentsRefused(".half a pair ?0", "'{\\\"half a pair \\ud8000\\\":1}'");
    }

    private void assertArgumentsRefused(String field, String arguments) {
        assertRefused("messages[1].tool_calls[0].function.arguments" + field,
                HELLO + ",{'role':'assistant','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':"
                        + arguments + "}}]},{'role':'tool','tool_call_id':'a','content':'x'}",
                "'n':1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "messages                   | {'role':'system','content':'x'}",
                "messages                   | {'role':'user','content':' '}",
                "messages[0].role           | {'role':'assistant','content':'Hi!'},HELLO",
                "messages[1].role           | {'role':'system','content':'x'},{'role':'assistant','content':'Hi!'},HELLO",
                "messages[1].tool_call_id   | HELLO,{'role':'tool','content':'x'}",
                "messages[1].tool_call_id   | HELLO,{'role':'tool','content':'x','tool_call_id':'a'}",
                "messages[1].tool_calls[0]  | HELLO,CALL",
                "messages[1].tool_calls[1]  | HELLO,CALL,{'role':'tool','content':'x','tool_call_id':'a'}",
                "messages[1].tool_calls[1]  | HELLO,CALL,{'role':'tool','content':'x','tool_call_id':'a'},{'role':'assistant','content':'x'},HELLO",
                "messages[3].tool_call_id   | HELLO,CALL,{'role':'tool','content':'x','tool_call_id':'a'},{'role':'tool','content':'x','tool_call_id':'a'}",
                "messages[2].tool_calls[0].id | HELLO,CALL,CALL",
            })
    void orderOfMessages(String field, String messages) {
        assertRefused(field, messages.replace("HELLO", HELLO).replace("CALL", CALL), "'n':1");
    }

    private void assertRefused(String field, String messages, String member) {
        ChatRequest request =
                valid(("{'model':'m','messages':[" + messages + "]," + member + "}").replace('\'', '"'));

        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).contains(field);
    }
}
