package org.sslwrite.pkcs11.cryptoki.ffi;

/** What a module says of itself (CK_INFO). Texts are trimmed. */
public record LibraryInfo(
        String manufacturer, String description, String libraryVersion, String cryptokiVersion) {}
