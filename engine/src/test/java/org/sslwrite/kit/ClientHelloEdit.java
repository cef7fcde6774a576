package org.sslwrite.kit;

import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ProtocolVersion;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** A ClientHello of which anything can be changed before it is sent. */
public final class ClientHelloEdit {
    private final ClientHello original;
    private int legacyVersion;
    private int[] suites;
    private final Map<Integer, byte[]> extensions;

    @SuppressWarnings("unchecked")
    ClientHelloEdit(ClientHello original) {
        this.original = original;
        this.legacyVersion = original.getVersion().getFullVersion();
        this.suites = original.getCipherSuites();
        this.extensions = original.getExtensions();
    }

    ClientHello edited() {
        return new ClientHello(
                ProtocolVersion.get(legacyVersion >> 8, legacyVersion & 0xff),
                original.getRandom(),
                original.getSessionID(),
                null,
                suites,
                original.getExtensions(),
                0);
    }

    /** Says another legacy_version. */
    public void legacyVersion(int version) {
        legacyVersion = version;
    }

    /** Puts suites in front. */
    public void putSuitesFirst(int... more) {
        int[] all = Arrays.copyOf(more, more.length + suites.length);
        System.arraycopy(suites, 0, all, more.length, suites.length);
        suites = all;
    }

    /** Leaves a suite out, if it is there. */
    public void removeSuite(int suite) {
        suites = Arrays.stream(suites).filter(other -> other != suite).toArray();
    }

    /** The extensions' content by their type. */
    public Map<Integer, byte[]> extensions() {
        return extensions;
    }

    /** Puts 16-bit numbers in front of a list of such in an extension, if it is there. */
    public void putFirst(int extension, int lengthBytes, int... numbers) {
        byte[] old = extensions.get(extension);
        if (old == null) {
            return;
        }
        ByteBuffer more = ByteBuffer.allocate(2 * numbers.length);
        for (int number : numbers) {
            more.putShort((short) number);
        }
        putFirst(extension, lengthBytes, more.array());
    }

    /** Puts bytes in front of the list in an extension. */
    public void putFirst(int extension, int lengthBytes, byte[] front) {
        byte[] old = extensions.get(extension);
        int length = front.length + old.length - lengthBytes;
        ByteBuffer out = ByteBuffer.allocate(lengthBytes + length);
        if (lengthBytes == 2) {
            out.putShort((short) length);
        } else {
            out.put((byte) length);
        }
        out.put(front).put(old, lengthBytes, old.length - lengthBytes);
        extensions.put(extension, out.array());
    }
}
