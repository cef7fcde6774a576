package org.sslwrite.bench.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Results as one JSON object. Its {@code benchmarks} is an array as JMH writes it, which the tools
 * for JMH's files can read; {@code ratios} is an object of plain numbers, null for what could not
 * be measured; {@code ratio_details} has the same with their spread and notes.
 */
public final class ResultsJson {
    /** What {@code format} says; another number stands for another shape. */
    static final String FORMAT = "sslwrite-bench/1";

    /** Bytes; a full run needs less than a tenth. */
    private static final int MAX_LENGTH = 32 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // An error then quotes nothing of a file that may be anything.
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxDocumentLength(MAX_LENGTH)
                                .maxNestingDepth(16)
                                .build());
    }

    private ResultsJson() {}

    /** The object, in many lines that end with a line feed. */
    public static String toJson(Results results) {
        try {
            return MAPPER.writeValueAsString(new ResultsWriter(MAPPER).write(results)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot fail", e);
        }
    }

    /**
     * Reads what {@link #toJson} has written.
     *
     * @throws ResultsFormatException if it is anything else
     */
    public static Results fromJson(String json) throws ResultsFormatException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new ResultsFormatException(
                    "not JSON" + where + ": " + oneLine(e.getOriginalMessage()), e);
        }
        return ResultsReader.read(tree);
    }

    /**
     * Reads a file.
     *
     * @throws ResultsFormatException naming the file, if it cannot be read or is anything else
     */
    public static Results read(Path file) throws ResultsFormatException {
        try {
            return fromJson(text(file));
        } catch (ResultsFormatException e) {
            throw new ResultsFormatException(file + ": " + e.getMessage(), e);
        }
    }

    private static String text(Path file) throws ResultsFormatException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_LENGTH + 1);
            if (bytes.length > MAX_LENGTH) {
                throw new ResultsFormatException("longer than the results of any run");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (NoSuchFileException e) {
            throw new ResultsFormatException("there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new ResultsFormatException("not UTF-8", e);
        } catch (IOException e) {
            throw new ResultsFormatException("cannot be read: " + e.getMessage(), e);
        }
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
