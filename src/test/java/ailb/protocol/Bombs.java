package ailb.protocol;

import static ailb.protocol.WireFiles.utf8;

import ailb.protocol.wire.RequestKind;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Requests that are made to cost much: as many parts as there is room for, in each field that is looked through. */
public final class Bombs {

    private static final String CHAT = "{'model':'chat','max_tokens':9,'messages':";
    private static final String HELLO = CHAT + "[{'role':'user','content':'Hi'}]";

    private final int bytes;
    private final Consumer<Bomb> to;

    /** @param body as it is posted to {@code kind} */
    public record Bomb(String name, RequestKind kind, byte[] body) {

        @Override
        public String toString() {
            return kind + ", " + name;
        }
    }

    private Bombs(int bytes, Consumer<Bomb> to) {
        this.bytes = bytes;
        this.to = to;
    }

    /** Makes all of them, whole and streamed, each of about this many bytes, one after the other. */
    public static void forEach(int bytes, Consumer<Bomb> to) {
        Bombs bombs = new Bombs(bytes, to);
        bombs.addChats();
        bombs.addMessages();
        bombs.addOthers();
    }

    private void addChats() {
        for (String field : List.of(
                "metadata", "response_format", "tools", "tool_choice", "functions", "stop", "logit_bias", "prediction",
                "stream_options", "unknown", "user")) {
            values().forEach(value -> chat(field + " of " + value.name(), HELLO, field, value.json()));
        }
        schemas().forEach(schema -> {
            chat("tool of " + schema.name(), HELLO, "tools", tools(schema.json(), false));
            chat("strict tool of " + schema.name(), HELLO, "tools", tools(schema.json(), true));
            chat(
                    "format of " + schema.name(), HELLO, "response_format",
                    "{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':" + schema.json() + "}}");
        });
        chat("many tools", HELLO, "tools", many("[", _ -> "{'type':'function','function':{'name':''}}", "]"));
        chat(
                "many strict tools", HELLO, "tools",
                many("[", _ -> "{'type':'function','function':{'name':'','parameters':{},'strict':true}}", "]"));
        chat("many stops", HELLO, "stop", many("[", _ -> "'a'", "]"));
        turn("many turns", _ -> "{'role':'user','content':'a'}");
        turn("turns by turns", i -> i % 2 == 0
                ? "{'role':'user','content':'a'}"
                : "{'role':'assistant','content':'a'}");
        turn("turns of one part", _ -> "{'role':'user','content':[{'type':'text','text':'a'}]}");
        turn("turns of thoughts", _ -> "{'role':'assistant','thinking_blocks':[0]}");
        turn("turns of signed thoughts", _ -> "{'role':'assistant','content':'a','thinking_blocks':[{'type':"
                + "'thinking','thinking':'','signature':''}]}");
        turn("turns of function calls", _ -> "{'role':'assistant','function_call':{'':0}}");
        turn("calls and results", i -> "{'role':'assistant','tool_calls':[{'id':'" + i
                + "','function':{'name':'','arguments':''}}]},{'role':'tool','tool_call_id':'" + i
                + "','content':''}");
        turn("system turns", _ -> "{'role':'system','content':'a'}");
        parts("many parts", _ -> "{'type':''}");
        parts("many texts", _ -> "{'type':'text','text':'a'}");
        parts("many blanks", _ -> "{'type':'text','text':''}");
        parts("many images", _ -> "{'type':'image_url','image_url':{'url':'https://a'}}");
        parts("many inline images", _ -> "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}}");
        parts("many files", _ -> "{'type':'file','file':{'file_data':'data:application/pdf;base64,AAAA'}}");
        calls("many calls", i -> "{'id':'" + i + "','function':{'name':'','arguments':''}}");
        calls("calls without anything", _ -> "{'id':''}");
        calls("calls with arguments", i -> "{'id':'" + i + "','function':{'name':'','arguments':'{}'}}");
        values().forEach(value -> calls("arguments of " + value.name(), _ -> "{'id':'a','function':{'name':'',"
                + "'arguments':'" + escaped("{'a':" + value.json() + "}") + "'}}", 1));
        values().forEach(value -> {
            turn("a turn with " + value.name(), _ -> "{'role':'assistant','content':'a','x':" + value.json() + "}", 1);
            turn("thoughts of " + value.name(), _ -> "{'role':'assistant','content':'a','thinking_blocks':["
                    + value.json() + "]}", 1);
            turn("a part with " + value.name(), _ -> "{'role':'user','content':[{'type':'text','text':'a','x':"
                    + value.json() + "}]}", 1);
        });
    }

    private void addMessages() {
        for (String field : List.of(
                "metadata", "output_config", "tools", "tool_choice", "system", "stop_sequences", "thinking",
                "mcp_servers", "unknown")) {
            values().forEach(value -> messages(field + " of " + value.name(), HELLO, field, value.json()));
        }
        schemas().forEach(schema -> {
            messages(
                    "tool of " + schema.name(), HELLO, "tools",
                    "[{'name':'a','strict':true,'input_schema':" + schema.json() + "}]");
            messages(
                    "format of " + schema.name(), HELLO, "output_config",
                    "{'format':{'type':'json_schema','schema':" + schema.json() + "}}");
        });
        messages("many tools", HELLO, "tools", many("[", _ -> "{'name':'','input_schema':{}}", "]"));
        messages(
                "many strict tools", HELLO, "tools",
                many("[", _ -> "{'name':'','strict':true,'input_schema':{'type':'object'}}", "]"));
        messages("many system blocks", HELLO, "system", many("[", _ -> "{'type':'text','text':''}", "]"));
        saying("many turns", _ -> "{'role':'user','content':''}");
        saying("turns by turns", i -> i % 2 == 0
                ? "{'role':'user','content':'a'}"
                : "{'role':'assistant','content':'a'}");
        saying("turns of one block", _ -> "{'role':'user','content':[{'type':'text','text':''}]}");
        saying("calls and results", i -> "{'role':'assistant','content':[{'type':'tool_use','id':'" + i
                + "','name':'','input':{}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'" + i
                + "'}]}");
        blocks("user", "many blocks", _ -> "{'type':''}");
        blocks("user", "many texts", _ -> "{'type':'text','text':''}");
        blocks("user", "many results", _ -> "{'type':'tool_result','tool_use_id':''}");
        blocks("user", "many images", _ -> "{'type':'image','source':{'type':'url','url':''}}");
        blocks("user", "many documents", _ -> "{'type':'document','source':{'type':'base64','media_type':"
                + "'application/pdf','data':'AAAA'}}");
        blocks("assistant", "many calls", _ -> "{'type':'tool_use','id':'','name':'','input':{}}");
        blocks("assistant", "many thoughts", _ -> "{'type':'thinking','thinking':''}");
        blocks("assistant", "many signed thoughts", _ -> "{'type':'thinking','thinking':'','signature':'a'}");
        blocks("assistant", "many hidden thoughts", _ -> "{'type':'redacted_thinking'}");
        values().forEach(value -> {
            String input = "{'type':'tool_use','id':'','name':'','input':{'a':" + value.json() + "}}";
            saying("input of " + value.name(), _ -> "{'role':'assistant','content':[" + input + "]}", 1);
            saying("a block with " + value.name(), _ -> "{'role':'user','content':[{'type':'text','text':'a','x':"
                    + value.json() + "}]}", 1);
            saying("a block of another type with " + value.name(), _ -> "{'role':'user','content':[{'type':'x','x':"
                    + value.json() + "}]}", 1);
        });
    }

    private void addOthers() {
        values().forEach(value -> {
            String json = "{'model':'chat','input':[" + value.json() + "],'messages':[{'role':'user','content':[{"
                    + "'type':'x','x':" + value.json() + "}]}]}";
            for (RequestKind kind : List.of(RequestKind.EMBEDDINGS, RequestKind.RESPONSES, RequestKind.COUNT_TOKENS)) {
                add(value.name(), kind, json);
            }
            add("instructions and tools of " + value.name(), RequestKind.RESPONSES,
                    "{'model':'chat','instructions':" + value.json() + ",'tools':[" + value.json() + "]}");
        });
        String wide = HELLO + many(",", i -> "'" + i + "':0", "}");
        for (RequestKind kind : RequestKind.values()) {
            add("a wide request", kind, wide);
            add("nothing but a list", kind, many("[", _ -> "{}", "]"));
        }
    }

    private record Named(String name, String json) {}

    private List<Named> values() {
        return List.of(
                new Named("empty objects", many("[", _ -> "{}", "]")),
                new Named("empty lists", many("[", _ -> "[]", "]")),
                new Named("objects", many("[", _ -> "{'':0}", "]")),
                new Named("objects of four", many("[", _ -> "{'':0,'a':0,'b':0,'c':0}", "]")),
                new Named("numbers", many("[", _ -> "11", "]")),
                new Named("fractions", many("[", _ -> "1.5", "]")),
                new Named("large numbers", many("[", _ -> "1e999999999", "]")),
                new Named("strings", many("[", _ -> "'ab'", "]")),
                new Named("names", many("{", i -> "'" + i + "':0", "}")),
                new Named("long names", many("{", i -> "'" + i + "a".repeat(990) + "':0", "}")),
                new Named("depth", many("[", _ -> nested("{'a':", 80), "]")),
                new Named("deep lists", many("[", _ -> nested("[", 90), "]")),
                new Named("long names in depth", many("[", _ -> nested("{'" + "a".repeat(1000) + "':", 80), "]")),
                new Named("one name twice", many("{", _ -> "'a':0", "}")),
                new Named("escapes", "['" + "\\n".repeat(bytes / 2) + "']"),
                new Named("Unicode escapes", "['" + "\\u3042".repeat(bytes / 6) + "']"),
                new Named("halves of pairs", "['" + "\\ud800".repeat(bytes / 6) + "']"),
                new Named("one name too long", "{'" + "a".repeat(49_000) + "':" + many("[", _ -> "{}", "]") + "}"));
    }

    private List<Named> schemas() {
        String root = "{'type':'object','additionalProperties':false,'properties':";
        return List.of(
                new Named("one long name above many properties", root + "{'" + "a".repeat(49_000)
                        + "':{'type':'object','properties':" + many("{", i -> "'" + i + "':{}", "}") + "}}}"),
                new Named("a name above many properties", root + "{'" + "a".repeat(1000)
                        + "':{'type':'object','properties':" + many("{", i -> "'" + i + "':{}", "}") + "}}}"),
                new Named("many properties", root + many("{", i -> "'" + i + "':{}", "}") + "}"),
                new Named("properties that fit", root + many("{", i -> "'" + i + "':{'type':'string'}", "}")
                        + ",'required':" + many("[", i -> "'" + i + "'", "]") + "}"),
                new Named("open objects", root + many("{", i -> "'" + i + "':{'properties':{}}", "}") + "}"),
                new Named("a wide object in a chain", root + "{'a':" + chain(60, many("{", i -> "'" + i + "':{}", "}"))
                        + "}}"),
                new Named("chains", root + many("{", i -> "'" + i + "':" + chain(60, "{}"), "}") + "}"),
                new Named("alternatives", root + "{'a':{'anyOf':" + many("[", _ -> "{}", "]") + "}}}"),
                new Named("objects of many types", root + "{'a':{'anyOf':" + many("[", _ -> "{'type':['object']}", "]")
                        + "}}}"),
                new Named("definitions", root + "{},'$defs':" + many("{", i -> "'" + i + "':{'items':{}}", "}") + "}"),
                new Named("a fault at the end", root + many("{", i -> "'" + i + "':{}", ",'z':{'minimum':1}}") + "}"),
                new Named("a fault in the deep under long names", root + "{'a':"
                        + chain(80, "{'a':{'minimum':1}}").replace("'a'", "'" + "a".repeat(1000) + "'") + "}}"));
    }

    /** Schemas within schemas; the innermost has these properties. */
    private static String chain(int depth, String properties) {
        return "{'type':'object','properties':{'a':".repeat(depth) + "{'properties':" + properties + "}"
                + "}}".repeat(depth);
    }

    private static String nested(String open, int depth) {
        String close = open.startsWith("{") ? "}" : "]";
        return open.repeat(depth) + "0" + close.repeat(depth);
    }

    private static String escaped(String json) {
        return json.replace("\\", "\\\\").replace("'", "\\\"");
    }

    private static String tools(String schema, boolean strict) {
        return "[{'type':'function','function':{'name':'a','strict':" + strict + ",'parameters':" + schema + "}}]";
    }

    private void turn(String name, IntFunction<String> turn) {
        turn(name, turn, Integer.MAX_VALUE);
    }

    private void turn(String name, IntFunction<String> turn, int most) {
        add(name, RequestKind.CHAT_COMPLETIONS,
                CHAT + many("[{'role':'user','content':'a'},", turn, "]", most) + "}");
    }

    private void parts(String name, IntFunction<String> part) {
        turn(name, _ -> many("{'role':'user','content':[", part, "]}"), 1);
    }

    private void calls(String name, IntFunction<String> call) {
        calls(name, call, Integer.MAX_VALUE);
    }

    private void calls(String name, IntFunction<String> call, int most) {
        turn(name, _ -> many("{'role':'assistant','content':'a','tool_calls':[", call, "]}", most), 1);
    }

    private void saying(String name, IntFunction<String> turn) {
        saying(name, turn, Integer.MAX_VALUE);
    }

    private void saying(String name, IntFunction<String> turn, int most) {
        add(name, RequestKind.MESSAGES,
                CHAT + many("[", turn, ",{'role':'user','content':'a'}]", most) + "}");
    }

    private void blocks(String role, String name, IntFunction<String> block) {
        saying(name, _ -> many("{'role':'" + role + "','content':[", block, "]}"), 1);
    }

    private void chat(String name, String start, String field, String json) {
        add(name, RequestKind.CHAT_COMPLETIONS, start + ",'" + field + "':" + json + "}");
    }

    private void messages(String name, String start, String field, String json) {
        add(name, RequestKind.MESSAGES, start + ",'" + field + "':" + json + "}");
    }

    private void add(String name, RequestKind kind, String json) {
        String whole = json.replace('\'', '"');
        to.accept(new Bomb(name, kind, utf8(whole)));
        to.accept(new Bomb(name + ", streamed", kind, utf8("{\"stream\":true," + whole.substring(1))));
    }

    private String many(String open, IntFunction<String> one, String close) {
        return many(open, one, close, Integer.MAX_VALUE);
    }

    private String many(String open, IntFunction<String> one, String close, int most) {
        StringBuilder all = new StringBuilder(open);
        for (int i = 0; i < most && all.length() < bytes; i++) {
            all.append(i == 0 ? "" : ",").append(one.apply(i));
        }
        return all.append(close).toString();
    }

}
