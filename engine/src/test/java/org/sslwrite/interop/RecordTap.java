package org.sslwrite.interop;

import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A transport that notes the length of each application_data record that passes on its way out. */
final class RecordTap implements Bio {
    private static final int APPLICATION_DATA = 23;

    private final Bio transport;
    private final byte[] header = new byte[5];
    private final List<Integer> bodies = new ArrayList<>();
    private int headerLength;
    private int bodyLeft;

    RecordTap(Bio transport) {
        this.transport = transport;
    }

    /** Lengths of the bodies of the records sent, or begun to be sent, since the last call. */
    List<Integer> takeBodies() {
        List<Integer> taken = List.copyOf(bodies);
        bodies.clear();
        return taken;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return transport.read(dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        int start = src.position();
        int n = transport.write(src);
        for (int i = start; i < start + n; ) {
            if (bodyLeft > 0) {
                int step = Math.min(bodyLeft, start + n - i);
                bodyLeft -= step;
                i += step;
            } else {
                header[headerLength++] = src.get(i++);
                if (headerLength == header.length) {
                    takeHeader();
                }
            }
        }
        return n;
    }

    private void takeHeader() {
        headerLength = 0;
        bodyLeft = Byte.toUnsignedInt(header[3]) << 8 | Byte.toUnsignedInt(header[4]);
        if (header[0] == APPLICATION_DATA) {
            bodies.add(bodyLeft);
        }
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
