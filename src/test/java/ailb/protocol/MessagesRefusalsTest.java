package ailb.protocol;

import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Provider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has no equivalent at OpenAI is named by its path, so that nothing is dropped in silence. */
class MessagesRefusalsTest {

    private static final String HELLO = "{'role':'user','content':'x'}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "top_k                         | 'top_k':5",
                "container                     | 'container':'c'",
                "mcp_servers                   | 'mcp_servers':[]",
                "context_management            | 'context_management':{}",
                "inference_geo                 | 'inference_geo':'us'",
                "a_field_of_tomorrow           | 'a_field_of_tomorrow':0",
                "temperature                   | 'temperature':'hot'",
                "top_p                         | 'top_p':'x'",
                "stop_sequences                | 'stop_sequences':['1','2','3','4','5']",
                "stop_sequences                | 'stop_sequences':'x'",
                "stop_sequences                | 'stop_sequences':[1]",
                "metadata                      | 'metadata':'x'",
                "metadata.team                 | 'metadata':{'user_id':'u','team':'blue'}",
                "metadata.user_id              | 'metadata':{'user_id':1}",
                "service_tier                  | 'service_tier':'priority'",
                "system[1].citations           | 'system':[{'type':'text','text':'x'},{'type':'text','text':'x','citations':[{}]}]",
                "system[0].type                | 'system':[{'type':'image','source':{}}]",
            })
    void field(String field, String member) {
        assertRefused(field, HELLO, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "tools                         | 'tools':{}",
                "tools[0].name                 | 'tools':['f']",
                "tools[0].type                 | 'tools':[{'type':'web_search_20250305','name':'web_search'}]",
                "tools[1].type                 | 'tools':[TOOL,{'type':'bash_20250124','name':'bash'}]",
                "tools[0].type                 | 'tools':[{'type':1,'name':'f','input_schema':{}}]",
                "tools[0].name                 | 'tools':[{'input_schema':{}}]",
                "tools[0].description          | 'tools':[{'name':'f','description':1,'input_schema':{}}]",
                "tools[0].input_schema         | 'tools':[{'name':'f'}]",
                "tools[0].input_schema         | 'tools':[{'name':'f','input_schema':[]}]",
                "tools[0].strict               | 'tools':[{'name':'f','input_schema':{},'strict':'yes'}]",
                "tools[0].input_examples       | 'tools':[{'name':'f','input_schema':{},'input_examples':[]}]",
                "tools[0].defer_loading        | 'tools':[{'name':'f','input_schema':{},'defer_loading':true}]",
                "tool_choice                   | 'tool_choice':{'type':'any'}",
                "tool_choice                   | 'tools':[],'tool_choice':{'type':'tool','name':'f'}",
                "tool_choice.type              | 'tools':[TOOL],'tool_choice':'auto'",
                "tool_choice.type              | 'tools':[TOOL],'tool_choice':{'type':'required'}",
                "tool_choice.name              | 'tools':[TOOL],'tool_choice':{'type':'tool'}",
                "tool_choice.name              | 'tools':[TOOL],'tool_choice':{'type':'any','name':'f'}",
                "tool_choice.x                 | 'tools':[TOOL],'tool_choice':{'type':'auto','x':1}",
                "tool_choice.disable_parallel_tool_use | 'tools':[TOOL],'tool_choice':{'type':'auto','disable_parallel_tool_use':1}",
            })
    void partOfTools(String field, String member) {
        assertRefused(field, HELLO, member.replace("TOOL", "{'name':'f','input_schema':{}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "thinking                      | 'thinking':{'type':'enabled','budget_tokens':10000}",
                "thinking                      | 'thinking':true",
                "thinking.display              | 'thinking':{'type':'adaptive','display':'omitted'}",
                "thinking.budget_tokens        | 'thinking':{'type':'disabled','budget_tokens':1}",
                "output_config                 | 'output_config':'x'",
                "output_config.effort          | 'output_config':{'effort':'low'}",
                "output_config.effort          | 'output_config':{'effort':'low'},'thinking':{'type':'disabled'}",
                "output_config.effort          | 'output_config':{'effort':'max'},'thinking':{'type':'adaptive'}",
                "output_config.effort          | 'output_config':{'effort':1},'thinking':{'type':'adaptive'}",
                "output_config.task_budget     | 'output_config':{'task_budget':{}}",
                "output_config.format.type     | 'output_config':{'format':'json'}",
                "output_config.format.type     | 'output_config':{'format':{'type':'grammar'}}",
                "output_config.format.schema   | 'output_config':{'format':{'type':'json_schema'}}",
                "output_config.format.x        | 'output_config':{'format':{'type':'json_schema','schema':{},'x':1}}",
            })
    void partOfThinkingAndOutput(String field, String member) {
        assertRefused(field, HELLO, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "citations           | {'type':'text','text':'x','citations':[]}",
                "x                   | {'type':'text','text':'x','x':0}",
                "source.type         | {'type':'image'}",
                "source.type         | {'type':'image','source':{'type':'file','file_id':'f'}}",
                "source.media_type   | {'type':'image','source':{'type':'base64','media_type':'image/svg+xml','data':'AAAA'}}",
                "source.media_type   | {'type':'image','source':{'type':'base64','data':'AAAA'}}",
                "source.data         | {'type':'image','source':{'type':'base64','media_type':'image/png'}}",
                "source.data         | {'type':'image','source':{'type':'base64','media_type':'image/png','data':''}}",
                "source.data         | {'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAA'}}",
                "source.data         | {'type':'image','source':{'type':'base64','media_type':'image/png','data':'data:image/png;base64,AAAA'}}",
                "source.x            | {'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA','x':0}}",
                "source.url          | {'type':'image','source':{'type':'url'}}",
                "source.x            | {'type':'image','source':{'type':'url','url':'https://x.test/','x':0}}",
                "x                   | {'type':'image','source':{'type':'url','url':'https://x.test/'},'x':0}",
                "source.type         | {'type':'document','source':{'type':'url','url':'https://x.test/a.pdf'}}",
                "source.type         | {'type':'document','source':{'type':'text','media_type':'text/plain','data':'x'}}",
                "source.type         | {'type':'document','source':{'type':'content','content':'x'}}",
                "source.type         | {'type':'document','source':{'type':'file','file_id':'f'}}",
                "source.media_type   | {'type':'document','source':{'type':'base64','media_type':'text/plain','data':'AAAA'}}",
                "context             | {'type':'document','source':PDF,'context':'x'}",
                "title               | {'type':'document','source':PDF,'title':1}",
                "citations           | {'type':'document','source':PDF,'citations':{'enabled':true}}",
                "citations           | {'type':'document','source':PDF,'citations':{'enabled':'no'}}",
                "citations           | {'type':'document','source':PDF,'citations':{'x':1}}",
                "type                | {'type':'search_result','source':'x'}",
                "type                | {'type':'container_upload','file_id':'f'}",
                "type                | {'type':'tool_use','id':'a','name':'f','input':{}}",
                "type                | {'type':'thinking','thinking':'x','signature':''}",
                "tool_use_id         | {'type':'tool_result','content':'x'}",
                "content             | {'type':'tool_result','tool_use_id':'a','content':1}",
                "content             | {'type':'tool_result','tool_use_id':'a','content':{}}",
                "content[0].type     | {'type':'tool_result','tool_use_id':'a','content':[{'type':'image','source':{'type':'url','url':'https://x.test/'}}]}",
                "content[1].text     | {'type':'tool_result','tool_use_id':'a','content':[{'type':'text','text':'x'},{'type':'text'}]}",
                "content[0].type     | {'type':'tool_result','tool_use_id':'a','content':['x']}",
                "is_error            | {'type':'tool_result','tool_use_id':'a','is_error':'yes'}",
                "x                   | {'type':'tool_result','tool_use_id':'a','x':0}",
            })
    void blockOfAUsers(String field, String block) {
        String pdf = "{'type':'base64','media_type':'application/pdf','data':'AAAA'}";
        assertRefused("messages[0].content[1]." + field,
                "{'role':'user','content':[{'type':'text','text':'x'}," + block.replace("PDF", pdf) + "]}",
                "'top_k':null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "citations           | {'type':'text','text':'x','citations':[{'type':'char_location'}]}",
                "type                | {'type':'image','source':{'type':'url','url':'https://x.test/'}}",
                "type                | {'type':'tool_result','tool_use_id':'a'}",
                "type                | {'type':'server_tool_use','id':'a','name':'web_search','input':{}}",
                "id                  | {'type':'tool_use','name':'f','input':{}}",
                "name                | {'type':'tool_use','id':'a','input':{}}",
                "input               | {'type':'tool_use','id':'a','name':'f'}",
                "input               | {'type':'tool_use','id':'a','name':'f','input':'{}'}",
                "caller              | {'type':'tool_use','id':'a','name':'f','input':{},'caller':{'type':'code_execution_20250825','tool_id':'t'}}",
                "x                   | {'type':'tool_use','id':'a','name':'f','input':{},'x':0}",
                "thinking            | {'type':'thinking','signature':''}",
            })
    void blockOfAnAssistants(String field, String block) {
        assertRefused("messages[1].content[0]." + field,
                HELLO + ",{'role':'assistant','content':[" + block + "]}," + HELLO, "'top_k':null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "messages[1].role    | HELLO,{'role':'assistant','content':'Once upon'}",
                "messages[2].role    | HELLO,HELLO,{'role':'assistant','content':[]}",
                "messages[1].role    | HELLO,{'role':'system','content':'x'},HELLO",
                "messages[0].name    | {'role':'user','content':'x','name':'ann'}",
            })
    void turn(String field, String turns) {
        assertRefused(field, turns.replace("HELLO", HELLO), "'top_k':null");
    }

    private void assertRefused(String field, String turns, String member) {
        MessagesRequest request = messages(utf8(
                ("{'model':'m','max_tokens':7,'messages':[" + turns + "]," + member + "}").replace('\'', '"')));

        assertThat(request.unsupportedAt(Provider.OPENAI)).contains(field);
        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
    }
}
