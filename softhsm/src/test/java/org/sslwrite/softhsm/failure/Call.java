package org.sslwrite.softhsm.failure;

/**
 * A call to a PKCS#11 module.
 *
 * @param function as in {@code C_Encrypt}
 * @param arguments handles, addresses and numbers, in the order of the standard's header
 */
record Call(String function, long[] arguments) {
    long argument(int index) {
        return arguments[index];
    }
}
