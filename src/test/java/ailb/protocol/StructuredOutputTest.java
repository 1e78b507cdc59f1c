package ailb.protocol;

import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas of answers, by what both providers' guides to structured outputs say of the schemas they take. */
class StructuredOutputTest {

    private static final Endpoint OPENAI =
            WireFiles.endpoint(Provider.OPENAI, "https://api.openai.com/v1", "gpt-5");
    private static final Endpoint ANTHROPIC =
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "true  | {'type':'object','properties':{'a':{'type':'string'}},'required':['a'],'additionalProperties':false}",
        "true  | {'type':'object','properties':{},'additionalProperties':false}",
        "true  | {'type':'object','properties':{'default':{'type':'string'}},'required':['default'],'additionalProperties':false}",
        "false | {'type':'object','properties':{'a':{'type':'string'}},'required':[],'additionalProperties':false}",
        "false | {'type':'object','properties':{'a':{'type':'string'}},'required':['a']}",
        "false | {'type':'object','properties':{'a':{'type':'array','items':{'type':'object','properties':{'b':{}},'additionalProperties':false}}},'required':['a'],'additionalProperties':false}",
        "false | {'type':'object','properties':{'a':{'allOf':[]}},'required':['a'],'additionalProperties':false}",
        "false | {'anyOf':[]}",
        "false | {'type':'array','items':{'type':'string'}}",
    })
    void openAiIsAskedToBeStrictWhereItCanBe(boolean strict, String schema) {
        JsonNode sent = json(messages(utf8("""
                {'model':'m','max_tokens':7,'messages':[{'role':'user','content':'x'}],
                 'output_config':{'format':{'type':'json_schema','schema':SCHEMA}},
                 'tools':[{'name':'f','strict':true,'input_schema':SCHEMA}]}"""
                .replace("SCHEMA", schema)
                .replace('\'', '"'))).at(OPENAI, "key").body());

        JsonNode format = sent.at("/response_format/json_schema");
        assertThat(format.path("strict").booleanValue()).isEqualTo(strict);
        assertThat(format.path("schema")).isEqualTo(json(utf8(schema.replace('\'', '"'))));
        assertThat(sent.at("/tools/0/function/strict").asBoolean()).isEqualTo(strict);
    }

    /** What keeps to a closed schema keeps to the open one, too. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'type':'object','properties':{'a':{}}} | {'type':'object','properties':{'a':{}},'additionalProperties':false}",
        "{'type':'object','properties':{'a':{'properties':{}}},'additionalProperties':false} | {'type':'object','properties':{'a':{'properties':{},'additionalProperties':false}},'additionalProperties':false}",
        "{'type':'object','properties':{'minimum':{'type':'array','minItems':1}},'additionalProperties':false} | {'type':'object','properties':{'minimum':{'type':'array','minItems':1}},'additionalProperties':false}",
        "{'type':'array','items':{'$ref':'#/$defs/a'},'$defs':{'a':{'type':'object','properties':{}}}} | {'type':'array','items':{'$ref':'#/$defs/a'},'$defs':{'a':{'type':'object','properties':{},'additionalProperties':false}}}",
    })
    void objectsAreClosedForAnthropic(String given, String sent) {
        ChatRequest chat = valid("""
                {'model':'m','messages':[{'role':'user','content':'x'}],
                 'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':SCHEMA}}}"""
                .replace("SCHEMA", given)
                .replace('\'', '"'));

        assertThat(chat.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
        assertThat(json(chat.at(ANTHROPIC, "key").body()).at("/output_config/format/schema"))
                .isEqualTo(json(utf8(sent.replace('\'', '"'))));
    }
}
