package ailb.protocol.translate;

import ailb.protocol.json.DataUri;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Images and PDF files: {@code image_url} and {@code file} parts as {@code image} and {@code document} blocks. */
public final class AnthropicMedia {

    public static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");
    public static final String PDF = "application/pdf";

    private AnthropicMedia() {}

    /** The path, within the part, of what has no equivalent. */
    public static Optional<String> imageFault(JsonNode image) {
        if (!image.isObject()) {
            return Optional.of("image_url");
        }
        return Fields.firstOther(image, Set.of("url", "detail"))
                .or(() -> isSource(image.path("url")) ? Optional.empty() : Optional.of("url"))
                .or(() -> hasDetail(image.path("detail")) ? Optional.of("detail") : Optional.empty())
                .map(field -> "image_url." + field);
    }

    public static ObjectNode imageBlock(JsonNode image) {
        String url = image.path("url").textValue();
        ObjectNode block = Json.object().put("type", "image");
        ObjectNode source = block.putObject("source");
        DataUri.parse(url)
                .ifPresentOrElse(
                        data -> putBase64(source, imageType(data), data.data()),
                        () -> source.put("type", "url").put("url", url));
        return block;
    }

    /** The path, within the part, of what has no equivalent. */
    public static Optional<String> fileFault(JsonNode file) {
        if (!file.isObject()) {
            return Optional.of("file");
        }
        return Fields.firstOther(file, Set.of("file_data", "filename"))
                .or(() -> isPdf(file.path("file_data")) ? Optional.empty() : Optional.of("file_data"))
                .or(() -> Fields.isTextOrAbsent(file.path("filename")) ? Optional.empty() : Optional.of("filename"))
                .map(field -> "file." + field);
    }

    public static ObjectNode documentBlock(JsonNode file) {
        ObjectNode block = Json.object().put("type", "document");
        ObjectNode source = block.putObject("source");
        DataUri.parse(file.path("file_data").textValue()).ifPresent(data -> putBase64(source, PDF, data.data()));
        if (file.path("filename").isTextual()) {
            block.set("title", file.path("filename"));
        }
        return block;
    }

    private static void putBase64(ObjectNode source, String mediaType, String data) {
        source.put("type", "base64").put("media_type", mediaType).put("data", data);
    }

    /** Anthropic fetches from https only. */
    private static boolean isSource(JsonNode url) {
        if (!url.isTextual()) {
            return false;
        }
        return DataUri.isDataUri(url.textValue())
                ? DataUri.parse(url.textValue()).filter(data -> IMAGES.contains(imageType(data))).isPresent()
                : url.textValue().toLowerCase(Locale.ROOT).startsWith("https://");
    }

    /** {@code image/jpg} is no registered type, but a widespread name for one. */
    private static String imageType(DataUri data) {
        return data.mediaType().equals("image/jpg") ? "image/jpeg" : data.mediaType();
    }

    private static boolean hasDetail(JsonNode detail) {
        return !Json.isAbsent(detail) && !(detail.isTextual() && detail.textValue().equals("auto"));
    }

    private static boolean isPdf(JsonNode data) {
        return data.isTextual()
                && DataUri.parse(data.textValue()).filter(uri -> uri.mediaType().equals(PDF)).isPresent();
    }
}
