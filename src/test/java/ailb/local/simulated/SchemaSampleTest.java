package ailb.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaSampleTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{}                                                                       | {}",
        "{'type':'object','properties':{'a':{'type':'string'},'b':{}},'required':['a']} | {'a':'a'}",
        "{'type':'object','properties':{'a':{'type':['integer','null']}},'required':['a']} | {'a':0}",
        "{'type':'array','minItems':2,'items':{'enum':['x','y']}}                 | ['x','x']",
        "{'type':'array','items':{'type':'string'}}                               | []",
        "{'type':'integer','minimum':3}                                           | 3",
        "{'type':'number','exclusiveMinimum':3}                                   | 4",
        "{'type':'string','minLength':8}                                          | 'samplexx'",
        "{'type':'string','maxLength':2}                                          | 'sa'",
        "{'type':'string','format':'date'}                                        | '2026-01-01'",
        "{'const':7}                                                              | 7",
        "{'anyOf':[{'type':'boolean'},{'type':'null'}]}                           | true",
        "{'$ref':'#/$defs/a','$defs':{'a':{'type':'null'}}}                       | null"})
    void fitsTheSchemaAndHasNoMoreThanItMust(String schema, String sample) throws JsonProcessingException {
        assertThat(SchemaSample.of(new JsonMapper().readTree(schema.replace('\'', '"'))).toString())
                .isEqualTo(sample.replace('\'', '"'));
    }
}
