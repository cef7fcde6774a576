package org.sslwrite.probe;

/** The two layouts that CK_GCM_PARAMS has in the field. */
public enum GcmLayout {
    /** With ulIvBits, as in the header of PKCS#11 2.40 and in 3.0. */
    WITH_IV_BITS("with ulIvBits"),
    /** Without it, as in the text of PKCS#11 2.40. */
    WITHOUT_IV_BITS("without ulIvBits");

    private final String title;

    GcmLayout(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
