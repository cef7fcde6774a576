package org.sslwrite.bench.fork;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.jspecify.annotations.Nullable;

/**
 * How parent and fork talk: the parent writes the order as one line, the PIN as another if there is
 * one, and keeps the stream open; the fork writes outcomes as lines with a mark, for native
 * libraries may write to the same stream.
 */
final class Protocol {
    private static final String MARK = "@outcome ";
    private static final JsonMapper MAPPER = new JsonMapper();

    private Protocol() {}

    static String line(Order order) {
        return toJson(order);
    }

    static Order order(String line) {
        return fromJson(line, Order.class);
    }

    static String line(Outcome outcome) {
        return MARK + toJson(outcome);
    }

    /** The outcome that a line tells; null if it tells none. */
    static @Nullable Outcome outcome(String line) {
        // A native library's words may stand before it.
        int mark = line.indexOf(MARK);
        return mark < 0 ? null : fromJson(line.substring(mark + MARK.length()), Outcome.class);
    }

    private static String toJson(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T fromJson(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the other process speaks another language", e);
        }
    }
}
