package org.sslwrite.differential;

import org.sslwrite.TlsIdentity;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SSL_CTXs, made once for each set of options and kept for the life of the JVM. */
final class OpenSslContext {
    /** The key and certificate of every server here. */
    static final TlsIdentity IDENTITY = identity();

    private static final Map<Options, OpenSslContext> MADE = new ConcurrentHashMap<>();

    private final MemorySegment ctx;

    /**
     * What sets contexts apart.
     *
     * @param tickets that a server sends after a handshake of TLS 1.3
     * @param maxFragment the code of a client's max_fragment_length; 0 for none
     */
    record Options(Suite suite, boolean renegotiation, int tickets, int maxFragment) {}

    private OpenSslContext(Options options) {
        ctx = LibSsl.SSL_CTX_new(LibSsl.TLS_method());
        int version = options.suite.isTls13() ? LibSsl.TLS1_3_VERSION : LibSsl.TLS1_2_VERSION;
        LibSsl.check(LibSsl.SSL_CTX_set_min_proto_version(ctx, version), "set_min_proto_version");
        LibSsl.check(LibSsl.SSL_CTX_set_max_proto_version(ctx, version), "set_max_proto_version");
        LibSsl.SSL_CTX_set_options(
                ctx,
                (options.renegotiation
                                ? LibSsl.SSL_OP_ALLOW_CLIENT_RENEGOTIATION
                                : LibSsl.SSL_OP_NO_RENEGOTIATION)
                        | (options.suite.encryptThenMac() ? 0 : LibSsl.SSL_OP_NO_ENCRYPT_THEN_MAC));
        LibSsl.check(LibSsl.SSL_CTX_set_num_tickets(ctx, options.tickets), "set_num_tickets");
        if (options.maxFragment != 0) {
            LibSsl.check(
                    LibSsl.SSL_CTX_set_tlsext_max_fragment_length(ctx, (byte) options.maxFragment),
                    "set_tlsext_max_fragment_length");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(options.suite.openSslName());
            if (options.suite.isTls13()) {
                LibSsl.check(LibSsl.SSL_CTX_set_ciphersuites(ctx, name), "set_ciphersuites");
            } else {
                LibSsl.check(LibSsl.SSL_CTX_set_cipher_list(ctx, name), "set_cipher_list");
            }
            identify(arena);
        }
    }

    private void identify(Arena arena) {
        try {
            byte[] certificate = IDENTITY.certificate().getEncoded();
            LibSsl.check(
                    LibSsl.SSL_CTX_use_certificate_ASN1(ctx, inC(arena, certificate)),
                    "use_certificate");
            PrivateKey key = IDENTITY.privateKey();
            LibSsl.check(
                    LibSsl.SSL_CTX_use_PrivateKey_ASN1(
                            LibSsl.EVP_PKEY_EC, ctx, inC(arena, key.getEncoded())),
                    "use_PrivateKey");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment inC(Arena arena, byte[] bytes) {
        return arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    private static TlsIdentity identity() {
        try {
            return TlsIdentity.selfSigned("localhost", "EC");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static OpenSslContext of(Options options) {
        return MADE.computeIfAbsent(options, OpenSslContext::new);
    }

    OpenSsl newSsl() {
        return new OpenSsl(LibSsl.SSL_new(ctx));
    }
}
