package org.sslwrite.bench.fork;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;

/** Histograms as text, in HdrHistogram's own compressed form. */
public final class Histograms {
    private Histograms() {}

    /** Writes one. */
    public static String toText(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Histogram fromText(String text) {
        try {
            Histogram histogram =
                    Histogram.decodeFromCompressedByteBuffer(
                            ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
            histogram.setAutoResize(true); // another with slower ones may be added to it
            return histogram;
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalArgumentException("no histogram", e);
        }
    }
}
