package ailb.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** template.yaml as a tree; CloudFormation's {@code !Ref x} is the map {@code {Ref: x}} in it. */
final class Template {

    static final Path FILE = Path.of("template.yaml");

    private final Map<?, ?> root;

    Template() throws IOException {
        root = new Yaml(new Tags()).load(Files.readString(FILE));
    }

    /**
     * What is at a path of keys.
     *
     * @throws IllegalArgumentException when there is nothing
     */
    Object at(String path) {
        Object node = root;
        for (String key : path.split("\\.")) {
            if (!(node instanceof Map<?, ?> map) || !map.containsKey(key)) {
                throw new IllegalArgumentException(path + ": no '" + key + "' in template.yaml");
            }
            node = map.get(key);
        }
        return node;
    }

    String text(String path) {
        return (String) at(path);
    }

    Map<String, Object> map(String path) {
        return map(at(path));
    }

    /** The ids of the resources of a type. */
    List<String> resources(String type) {
        return map("Resources").keySet()
                .stream()
                .filter(id -> text("Resources." + id + ".Type").equals(type))
                .toList();
    }

    /** The variables of a function's environment, each with a value that will do for a text and for a number. */
    Map<String, String> variables(String function) {
        return map("Resources." + function + ".Properties.Environment.Variables").keySet()
                .stream()
                .collect(Collectors.toMap(name -> name, _ -> "30"));
    }

    /** What an output says to run. */
    String command(String output) {
        return (String) map("Outputs." + output + ".Value").get("Sub");
    }

    /** The statements of all policies of a role. */
    Stream<Map<String, Object>> statements(String role) {
        return elements(at("Resources." + role + ".Properties.Policies"))
                .flatMap(policy -> elements(map(map(policy).get("PolicyDocument")).get("Statement")))
                .map(Template::map);
    }

    /** Each action that a role allows, a space, and the id of the resource it is allowed on. */
    Stream<String> permissions(String role) {
        return statements(role).flatMap(
                statement -> elements(statement.get("Action")).flatMap(
                        action -> elements(statement.get("Resource")).map(resource -> action + " " + id(resource))));
    }

    /** Of a resource that is referred to. */
    private static String id(Object reference) {
        String named = (String) map(reference).values().iterator().next();
        return named.replaceFirst("\\.Arn$", "");
    }

    /** The names of all properties of all resources. */
    Stream<String> properties() {
        return map("Resources").keySet()
                .stream()
                .map(id -> "Resources." + id)
                .filter(path -> map(path).containsKey("Properties"))
                .flatMap(path -> map(path + ".Properties").keySet().stream());
    }

    /** A list's elements, or the one thing that stands for a list. */
    static Stream<Object> elements(Object oneOrMany) {
        return oneOrMany instanceof Collection<?> many ? many.stream().map(element -> element) : Stream.of(oneOrMany);
    }

    private static Map<String, Object> map(Object node) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) node).forEach((key, value) -> copy.put((String) key, value));
        return copy;
    }

    private static final class Tags extends SafeConstructor {

        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String function = node.getTag().getValue().substring(1);
                    return Map.of(
                            function,
                            node instanceof SequenceNode list
                                    ? constructSequence(list)
                                    : ((ScalarNode) node).getValue());
                }
            });
        }
    }
}
