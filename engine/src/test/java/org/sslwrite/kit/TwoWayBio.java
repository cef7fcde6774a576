package org.sslwrite.kit;

import org.sslwrite.bio.Bio;
import org.sslwrite.bio.MemoryBio;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Two transports as one: reads come from the one, writes go to the other.
 *
 * @param in read from
 * @param out written to
 */
public record TwoWayBio(Bio in, Bio out) implements Bio {
    /** The two ends of a transport that never is full. */
    public static TwoWayBio[] pair() {
        MemoryBio forth = new MemoryBio();
        MemoryBio back = new MemoryBio();
        return new TwoWayBio[] {new TwoWayBio(back, forth), new TwoWayBio(forth, back)};
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return in.read(dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return out.write(src);
    }

    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
