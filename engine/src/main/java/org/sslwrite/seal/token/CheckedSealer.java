package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Has the records of a key opened in software, up to the first of application data, before anybody
 * sees them: a token that computes wrongly is found out before its records are sent, and not by the
 * peer. What the check needs of the key is wiped with that.
 */
final class CheckedSealer implements RecordSealer {
    private final RecordSealer sealer;
    private @Nullable RecordCheck check;

    CheckedSealer(RecordSealer sealer, RecordCheck check) {
        this.sealer = sealer;
        this.check = check;
    }

    @Override
    public String engine() {
        return sealer.engine();
    }

    @Override
    public int plaintextOffset() {
        return sealer.plaintextOffset();
    }

    @Override
    public int maxContentLength() {
        return sealer.maxContentLength();
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return sealer.bodyLength(contentLength, padding);
    }

    @Override
    public int seal(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        return check == null
                ? sealer.seal(sequence, contentType, src, srcIndex, length, padding, dst, dstIndex)
                : sealAndOpen(
                        check,
                        sequence,
                        contentType,
                        src,
                        srcIndex,
                        length,
                        padding,
                        dst,
                        dstIndex);
    }

    private int sealAndOpen(
            RecordCheck first,
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        // Sealed in place, it would be gone.
        byte[] content = new byte[length];
        src.get(srcIndex, content);
        boolean goesOn = false;
        try {
            int n =
                    sealer.seal(
                            sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
            byte[] body = new byte[n];
            dst.get(dstIndex, body);
            if (!first.isRight(sequence, contentType, content, padding, body)) {
                Memory.wipe(dst, dstIndex, n);
                throw new SealException(
                        engine()
                                + ": the first record under a key is wrong: software cannot open"
                                + " it",
                        null,
                        first.isOfFixedNonce());
            }
            goesOn = contentType != ContentType.APPLICATION_DATA;
            return n;
        } finally {
            Arrays.fill(content, (byte) 0);
            if (!goesOn) {
                forgetKey();
            }
        }
    }

    private void forgetKey() {
        if (check != null) {
            check.close();
            check = null;
        }
    }

    @Override
    public void releaseBuffers() {
        sealer.releaseBuffers();
    }

    @Override
    public void close() {
        forgetKey();
        sealer.close();
    }
}
