package org.sslwrite.handshake;

import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.WriteEpoch;
import org.sslwrite.seal.SealingParameters;

import java.io.IOException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;

/**
 * Bouncy Castle's cryptography of one connection, but for the sealing of records; owns every epoch
 * of the connection.
 */
final class SealingCrypto extends JcaTlsCrypto {
    private final HandshakeConfig config;
    private final RecordWriter writer;
    private final List<RecordCipherBridge> ciphers = new ArrayList<>();
    private @Nullable EarlyData earlyData;

    SealingCrypto(HandshakeConfig config, RecordWriter writer, Provider bouncyCastle) {
        super(new JdkFirstHelper(bouncyCastle), config.random(), config.random());
        this.config = config;
        this.writer = writer;
    }

    /**
     * One generator for all connections: Bouncy Castle's own takes more than a kilobyte in each.
     */
    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] additionalSeed) {
        return size -> {
            byte[] nonce = new byte[size];
            config.random().nextBytes(nonce);
            return nonce;
        };
    }

    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        TlsECDomain stock = super.createECDomain(config);
        return () -> new Agreement(stock.createECDH());
    }

    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        try {
            return super.createCertificate(type, encoding);
        } catch (IOException | RuntimeException e) {
            throw PeerFault.inCertificate(e);
        }
    }

    @Override
    public TlsCipher createCipher(
            TlsCryptoParameters context, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        try {
            return splitCipher(context, encryptionAlgorithm, macAlgorithm);
        } catch (RuntimeException e) {
            throw PeerFault.ours("no keys for records could be made", e);
        }
    }

    private RecordCipherBridge splitCipher(
            TlsCryptoParameters context, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        SealingParameters parameters =
                new SealingParameters(
                        versionOf(agreed.getNegotiatedVersion()),
                        CipherSuite.of(agreed.getCipherSuite()),
                        agreed.isEncryptThenMAC());
        TlsCipher stock = super.createCipher(context, encryptionAlgorithm, macAlgorithm);
        // TLS 1.3 makes keys for the handshake first: no application data, no KeyUpdate.
        boolean forHandshake = parameters.version() == TlsVersion.TLSV1_3 && ciphers.isEmpty();
        long records = forHandshake ? Long.MAX_VALUE : config.limits().recordsPerKey();
        EarlyData skipped = forHandshake && context.isServer() ? earlyData : null;
        RecordCipherBridge split =
                new RecordCipherBridge(
                        this,
                        stock,
                        context,
                        parameters,
                        config,
                        forHandshake ? config.sealers().ofHandshake() : config.sealers().chain(),
                        writer,
                        records,
                        skipped);
        ciphers.add(split);
        return split;
    }

    /** The early data of this connection. */
    @Nullable EarlyData earlyData() {
        return earlyData;
    }

    /** A ClientHello has come, which early data may follow. */
    EarlyData expectEarlyData() {
        EarlyData expected = earlyData;
        if (expected == null) {
            expected = new EarlyData();
            earlyData = expected;
        }
        return expected;
    }

    static TlsVersion versionOf(ProtocolVersion version) {
        return version.equals(ProtocolVersion.TLSv13) ? TlsVersion.TLSV1_3 : TlsVersion.TLSV1_2;
    }

    /**
     * The epoch made last: after a handshake, the one that seals application data. Null before any.
     */
    @Nullable WriteEpoch newestEpoch() {
        return ciphers.isEmpty() ? null : ciphers.getLast().epoch();
    }

    /**
     * After a record of the newest epoch could not be sealed: as {@link RecordCipherBridge} says.
     */
    boolean readyForLastAlert() {
        return !ciphers.isEmpty() && ciphers.getLast().readyForLastAlert();
    }

    /** Wipes every epoch but the newest. */
    void retireOlderEpochs() {
        earlyData = null;
        while (ciphers.size() > 1) {
            ciphers.removeFirst().close();
        }
    }

    /** Wipes every epoch. */
    void close() {
        try {
            retireOlderEpochs();
        } finally {
            if (!ciphers.isEmpty()) {
                ciphers.removeLast().close();
            }
        }
    }
}
