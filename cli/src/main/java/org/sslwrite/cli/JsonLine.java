package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** Writes maps, lists, strings, numbers, booleans and null as JSON (RFC 8259), on one line. */
final class JsonLine {
    private JsonLine() {}

    static String of(Map<String, ? extends @Nullable Object> object) {
        StringBuilder json = new StringBuilder();
        append(json, object);
        return json.toString();
    }

    private static void append(StringBuilder json, @Nullable Object value) {
        switch (value) {
            case null -> json.append("null");
            case Boolean truth -> json.append(truth);
            case Double number when !Double.isFinite(number) ->
                    json.append("null"); // JSON has no word for it
            case Number number -> json.append(number);
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.append(separator);
                    appendText(json, String.valueOf(entry.getKey()));
                    json.append(':');
                    append(json, entry.getValue());
                    separator = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    json.append(separator);
                    append(json, element);
                    separator = ",";
                }
                json.append(list.isEmpty() ? "[]" : "]");
            }
            default -> appendText(json, value.toString());
        }
    }

    private static void appendText(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7e) {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
