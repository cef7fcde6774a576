package org.sslwrite.kit;

import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Moves one byte a call, either way. */
public record OneByteBio(Bio inner) implements Bio {
    @Override
    public int read(ByteBuffer dst) throws IOException {
        return ScriptedBio.take(1).move(ScriptedBio.Direction.READ, inner, dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return ScriptedBio.take(1).move(ScriptedBio.Direction.WRITE, inner, src);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
