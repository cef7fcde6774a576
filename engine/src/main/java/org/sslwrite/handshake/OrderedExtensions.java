package org.sslwrite.handshake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;

/**
 * Extensions in the order in which they first came. One that is taken out and put back has its old
 * place: RFC 8446 section 4.1.2, after a HelloRetryRequest "the client MUST send the same
 * ClientHello without modification" but for some extensions' content.
 */
final class OrderedExtensions extends Hashtable<Integer, byte[]> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Integer> order = new ArrayList<>();

    OrderedExtensions(Map<Integer, byte[]> extensions) {
        extensions.forEach(this::put);
    }

    @Override
    public synchronized byte[] put(Integer type, byte[] data) {
        if (!order.contains(type)) {
            order.add(type);
        }
        return super.put(type, data);
    }

    @Override
    public synchronized Enumeration<Integer> keys() {
        List<Integer> present = new ArrayList<>(order);
        present.retainAll(keySet());
        return Collections.enumeration(present);
    }

    @Override
    public synchronized boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public synchronized int hashCode() {
        return super.hashCode();
    }
}
