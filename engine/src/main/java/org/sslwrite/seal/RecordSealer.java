package org.sslwrite.seal;

import java.nio.ByteBuffer;

/**
 * Seals one record of one direction of one key epoch.
 *
 * <p>A sealer gets the sequence number, the content type and the plaintext where it lies, and
 * writes the record's body (explicit IV, ciphertext, tag, or MAC and padding) to the place where it
 * belongs. It never counts, never writes the five bytes of the record header, never keeps the
 * plaintext. All positions are absolute; the buffers' own positions and limits stay as they are,
 * and the bytes of the source stay as they are unless they are sealed in place.
 *
 * <p>Source and destination may be heap or direct, of any alignment, and either apart or in place:
 * in place means that the plaintext lies in {@code dst} at {@code dstIndex + plaintextOffset()}.
 * Any other overlap is the caller's mistake.
 *
 * <p>If {@link #seal} throws, the destination is undefined and the sequence number still belongs to
 * exactly that plaintext: sealing the same record again elsewhere is safe (an AEAD gives the same
 * bytes, CBC the same record under a fresh unpredictable IV); sealing anything else under it is
 * forbidden.
 *
 * <p>Not safe for use by several threads at once.
 */
public interface RecordSealer extends AutoCloseable {
    /** Name of the engine that seals, as in {@code SunJCE}. */
    String engine();

    /**
     * Where in the record's body the plaintext belongs when it is sealed in place: 0, 8 or 16 bytes
     * from its start.
     */
    int plaintextOffset();

    /** Bytes of content that one record may have at most: 16384, or what the engine can take. */
    default int maxContentLength() {
        return 16384;
    }

    /** Exact length of the body for this many bytes of content and of TLS 1.3 record padding. */
    int bodyLength(int contentLength, int padding);

    /**
     * Seals one record.
     *
     * @param sequence the record's number in this epoch, unsigned
     * @param contentType the real content type (RFC 8446 section 5.1: 20 to 23)
     * @param src holds the content
     * @param srcIndex where the content starts
     * @param length bytes of content, 0 to {@link #maxContentLength}
     * @param padding bytes of zero padding behind the content type; TLS 1.3 only, otherwise 0
     * @param dst receives the body
     * @param dstIndex where the body starts; {@link #bodyLength} bytes are written
     * @return the length of the body
     * @throws SealException if the engine failed; see above for what holds then
     * @throws IndexOutOfBoundsException if source or destination is too short; the same holds then
     * @throws IllegalStateException if the sealer is closed
     */
    int seal(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException;

    /** Lets go of memory that only a record under way needs; the next record takes it again. */
    default void releaseBuffers() {}

    /** Wipes what the sealer holds of keys and plaintext. Twice does no harm. */
    @Override
    void close();
}
