package org.sslwrite.handshake;

import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import java.util.function.Predicate;

/** The configuration in Bouncy Castle's words, and what was agreed on in ours. */
record BctlsParameters(HandshakeConfig config) {
    ProtocolVersion[] versions() {
        return config.negotiation().versions().stream()
                .map(
                        version ->
                                version == TlsVersion.TLSV1_3
                                        ? ProtocolVersion.TLSv13
                                        : ProtocolVersion.TLSv12)
                .toArray(ProtocolVersion[]::new);
    }

    int[] suites() {
        return suitesThat(suite -> true);
    }

    int[] suitesThat(Predicate<CipherSuite> condition) {
        return config.negotiation().suites().stream()
                .filter(condition)
                .mapToInt(CipherSuite::code)
                .toArray();
    }

    int[] groups() {
        return config.negotiation().groups().stream().mapToInt(Integer::intValue).toArray();
    }

    Vector<Integer> groupVector() {
        return new Vector<>(config.negotiation().groups());
    }

    @Nullable Vector<ProtocolName> protocolNames() {
        if (config.negotiation().alpn().isEmpty()) {
            return null;
        }
        Vector<ProtocolName> names = new Vector<>();
        config.negotiation().alpn().forEach(name -> names.add(ProtocolName.asUtf8Encoding(name)));
        return names;
    }

    /**
     * @param before what an earlier handshake of the connection agreed on: its ALPN stays in force
     */
    static SessionFacts facts(
            SecurityParameters agreed,
            @Nullable String serverName,
            List<X509Certificate> peerCertificates,
            @Nullable SessionFacts before) {
        ProtocolName protocol = agreed.getApplicationProtocol();
        String alpn = before == null ? null : before.alpn();
        return new SessionFacts(
                SealingCrypto.versionOf(agreed.getNegotiatedVersion()),
                CipherSuite.of(agreed.getCipherSuite()),
                protocol == null ? alpn : protocol.getUtf8Decoding(),
                serverName,
                List.copyOf(peerCertificates),
                agreed.isEncryptThenMAC());
    }
}
