package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.softhsm.failure.FailingFunctions.Witness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is open at the C API seam: sessions, and objects by the session that made them ("when a
 * session is closed, any session objects which were created in that session are destroyed").
 * Watches besides that a session in which something failed is never used again, except to clean up.
 */
final class Holdings implements Witness {
    private static final Set<String> WORK =
            Set.of(
                    "C_EncryptInit",
                    "C_Encrypt",
                    "C_SignInit",
                    "C_Sign",
                    "C_MessageEncryptInit",
                    "C_EncryptMessage");

    private final Map<Long, Set<Long>> objectsBySession = new HashMap<>();
    private final Set<Long> failed = new HashSet<>();
    private int most;
    private final List<String> reuses = new ArrayList<>();
    private final Set<String> onVirtualThreads = new TreeSet<>();

    @Override
    public synchronized void before(Call call) {
        if (Thread.currentThread().isVirtual()) {
            onVirtualThreads.add(call.function());
        }
        if (WORK.contains(call.function()) && failed.contains(call.argument(0))) {
            reuses.add(call.function() + " in a session in which a call has failed");
        }
    }

    @Override
    public synchronized void after(Call call, long rv) {
        if (rv != Ckr.CKR_OK) {
            if (WORK.contains(call.function())) {
                failed.add(call.argument(0));
            }
            return;
        }
        switch (call.function()) {
            case "C_OpenSession" -> {
                long session = NativeMemory.ulong(call.argument(4));
                objectsBySession.put(session, new HashSet<>());
                failed.remove(session);
                most = Math.max(most, objectsBySession.size());
            }
            case "C_CreateObject" ->
                    objects(call.argument(0)).add(NativeMemory.ulong(call.argument(3)));
            case "C_DestroyObject" ->
                    objectsBySession.values().forEach(o -> o.remove(call.argument(1)));
            case "C_CloseSession" -> objectsBySession.remove(call.argument(0));
            case "C_CloseAllSessions", "C_Finalize" -> objectsBySession.clear();
            default -> {}
        }
    }

    private Set<Long> objects(long session) {
        return objectsBySession.computeIfAbsent(session, s -> new HashSet<>());
    }

    /** Session objects alive. */
    synchronized int objects() {
        return objectsBySession.values().stream().mapToInt(Set::size).sum();
    }

    /** Sessions open. */
    synchronized int sessions() {
        return objectsBySession.size();
    }

    /** Sessions that were open at the same time, at most. */
    synchronized int mostSessions() {
        return most;
    }

    /** Functions that were called on a virtual thread, each of which held a carrier. */
    synchronized Set<String> calledOnVirtualThreads() {
        return Set.copyOf(onVirtualThreads);
    }

    synchronized void assertNoDeadSessionWasUsed() {
        assertEquals(List.of(), reuses, "dead sessions");
    }
}
