package ailb.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

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

    /** The statements of all policies of a role. */
    Stream<Map<String, Object>> statements(String role) {
        return elements(at("Resources." + role + ".Properties.Policies"))
                .flatMap(policy -> elements(map(map(policy).get("PolicyDocument")).get("Statement")))
                .map(Template::map);
    }

    /** The actions a role allows. */
    Stream<String> actions(String role) {
        return statements(role).flatMap(statement -> elements(statement.get("Action"))).map(String.class::cast);
    }

    /** All keys, anywhere in the template. */
    Stream<String> keys() {
        return keys(root);
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

    private static Stream<String> keys(Object node) {
        return switch (node) {
            case Map<?, ?> map -> map(map).entrySet()
                    .stream()
                    .flatMap(entry -> Stream.concat(Stream.of(entry.getKey()), keys(entry.getValue())));
            case Collection<?> list -> list.stream().flatMap(Template::keys);
            default -> Stream.empty();
        };
    }

    private static final class Tags extends SafeConstructor {

        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String function = node.getTag().getValue().substring(1);
                    return Map.of(function, ((ScalarNode) node).getValue());
                }
            });
        }
    }
}
