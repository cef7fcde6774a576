package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** The input and the output side of one buffer, for ciphers that want two. */
final class Views {
    private @Nullable ByteBuffer last;
    private ByteBuffer in = ByteBuffer.allocate(0);
    private ByteBuffer out = in;

    void set(ByteBuffer memory, int index, int inLength, int outLength) {
        if (memory != last) {
            last = memory;
            in = memory.duplicate();
            out = memory.duplicate();
        }
        in.clear().position(index).limit(index + inLength);
        out.clear().position(index).limit(index + outLength);
    }

    ByteBuffer in() {
        return in;
    }

    ByteBuffer out() {
        return out;
    }

    void forget() {
        last = null;
        in = ByteBuffer.allocate(0);
        out = in;
    }
}
