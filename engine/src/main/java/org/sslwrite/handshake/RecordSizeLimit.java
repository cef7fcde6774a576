package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.RecordLayout;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Hashtable;

/** The record_size_limit extension, RFC 8449, which Bouncy Castle knows how to read and no more. */
final class RecordSizeLimit {
    private RecordSizeLimit() {}

    /** Says that we take records of any size. */
    static void offer(Hashtable<Integer, byte[]> extensions, ProtocolVersion version)
            throws IOException {
        // RFC 8449 section 4: in TLS 1.3 the limit counts the content type and the padding too.
        boolean tls13 = version.equals(ProtocolVersion.TLSv13);
        TlsExtensionsUtils.addRecordSizeLimitExtension(
                extensions, RecordLayout.MAX_FRAGMENT + (tls13 ? 1 : 0));
    }

    /**
     * Has records made no larger than the peer wants them. Returns whether it sent the extension.
     */
    @SuppressWarnings("rawtypes")
    static boolean obey(@Nullable Hashtable extensions, TlsProtocolHooks seam, TlsContext context)
            throws IOException {
        byte[] data =
                TlsUtils.getExtensionData(extensions, TlsExtensionsUtils.EXT_record_size_limit);
        if (data == null) {
            return false;
        }
        obey(data, seam, ProtocolVersion.TLSv13.equals(context.getServerVersion()));
        return true;
    }

    private static void obey(byte[] data, TlsProtocolHooks seam, boolean tls13) throws IOException {
        int limit = TlsUtils.decodeUint16(data);
        if (limit < RecordLayout.MIN_RECORD_SIZE_LIMIT) {
            // RFC 8449 section 4: "An endpoint MUST treat receipt of a smaller value as a fatal
            // error and generate an "illegal_parameter" alert."
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter, "a record size limit under 64 bytes");
        }
        seam.checkRecordSizeLimit(limit);
        seam.limitRecords(tls13 ? limit - 1 : limit);
    }

    /**
     * Obeys the extension in an EncryptedExtensions message and takes it out: Bouncy Castle does
     * not expect it there.
     */
    static ByteArrayInputStream takeOut(ByteArrayInputStream message, TlsProtocolHooks seam)
            throws IOException {
        ByteArrayInputStream extensions = new ByteArrayInputStream(TlsUtils.readOpaque16(message));
        ByteArrayOutputStream others = new ByteArrayOutputStream();
        while (extensions.available() > 0) {
            int type = TlsUtils.readUint16(extensions);
            byte[] data = TlsUtils.readOpaque16(extensions);
            if (type == ExtensionType.record_size_limit) {
                obey(data, seam, true);
            } else {
                TlsUtils.writeUint16(type, others);
                TlsUtils.writeOpaque16(data, others);
            }
        }
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        TlsUtils.writeOpaque16(others.toByteArray(), rest);
        rest.writeBytes(message.readAllBytes());
        return new ByteArrayInputStream(rest.toByteArray());
    }
}
