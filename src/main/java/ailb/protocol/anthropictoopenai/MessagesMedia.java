package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.DataUri;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.AnthropicMedia;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Images and PDF files: {@code image} and {@code document} blocks as {@code image_url} and {@code file} parts. */
final class MessagesMedia {

    /** OpenAI requires a file name. */
    private static final String NAMELESS = "document.pdf";

    private MessagesMedia() {}

    /** The path, within the block, of what has no equivalent. */
    static Optional<String> imageFault(JsonNode block) {
        JsonNode source = block.path("source");
        return Fields.firstOther(block, Set.of("type", "source", "cache_control"))
                .or(() -> (Fields.is(source.path("type"), "url") ? urlFault(source)
                        : base64Fault(source, AnthropicMedia.IMAGES)).map(field -> "source." + field));
    }

    static ObjectNode imagePart(JsonNode source) {
        ObjectNode part = Json.object().put("type", "image_url");
        ObjectNode image = part.putObject("image_url");
        if (source.has("url")) {
            image.set("url", source.path("url"));
        } else {
            image.put("url", dataUri(source));
        }
        return part;
    }

    /** The path, within the block, of what has no equivalent. */
    static Optional<String> documentFault(JsonNode block) {
        return Fields.firstOther(block, Set.of("type", "source", "title", "citations", "cache_control"))
                .or(() -> base64Fault(block.path("source"), Set.of(AnthropicMedia.PDF))
                        .map(field -> "source." + field))
                .or(() -> Fields.unless(Fields.isTextOrAbsent(block.path("title")), "title"))
                .or(() -> Fields.unless(areOff(block.path("citations")), "citations"));
    }

    static ObjectNode filePart(JsonNode block) {
        ObjectNode part = Json.object().put("type", "file");
        part.putObject("file")
                .put("filename", block.path("title").asText(NAMELESS))
                .put("file_data", dataUri(block.path("source")));
        return part;
    }

    private static Optional<String> urlFault(JsonNode source) {
        return Fields.firstOther(source, Set.of("type", "url"))
                .or(() -> Fields.unless(source.path("url").isTextual(), "url"));
    }

    private static Optional<String> base64Fault(JsonNode source, Set<String> mediaTypes) {
        JsonNode mediaType = source.path("media_type");
        return Fields.unless(Fields.is(source.path("type"), "base64"), "type")
                .or(() -> Fields.firstOther(source, Set.of("type", "media_type", "data")))
                .or(() -> Fields.unless(mediaTypes.contains(mediaType.asText()), "media_type"))
                .or(() -> Fields.unless(source.path("data").isTextual()
                        && DataUri.isBase64(source.path("data").textValue()), "data"));
    }

    private static String dataUri(JsonNode source) {
        return "data:" + source.path("media_type").textValue() + ";base64," + source.path("data").textValue();
    }

    private static boolean areOff(JsonNode citations) {
        return Json.isAbsent(citations)
                || (Fields.firstOther(citations, Set.of("enabled")).isEmpty()
                        && Fields.isBooleanOrAbsent(citations.path("enabled"))
                        && !citations.path("enabled").booleanValue());
    }
}
