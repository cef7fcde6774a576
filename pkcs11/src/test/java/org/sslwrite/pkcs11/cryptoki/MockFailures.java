package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A mock of a function list that fails, or hangs, on demand; otherwise it asks the real one. Notes
 * when two calls are in one session at the same time, or one is closed under a call: some modules
 * crash then.
 */
final class MockFailures {
    private record Failure(int call, long rv) {}

    private final CryptokiFunctions real;
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final Map<String, Integer> calls = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> entered = new ConcurrentHashMap<>();

    /** Those whose first argument is no session. */
    private static final Set<String> WITHOUT_SESSION =
            Set.of(
                    "C_Initialize",
                    "C_Finalize",
                    "C_GetInfo",
                    "C_GetSlotList",
                    "C_GetSlotInfo",
                    "C_GetTokenInfo",
                    "C_GetMechanismList",
                    "C_GetMechanismInfo",
                    "C_InitToken",
                    "C_OpenSession",
                    "C_CloseAllSessions",
                    "hasMessageInterface");

    private final Map<Object, String> inSession = new ConcurrentHashMap<>();
    private final List<String> collisions = new CopyOnWriteArrayList<>();

    private MockFailures(CryptokiFunctions real) {
        this.real = real;
    }

    static MockFailures over(CryptokiFunctions real) {
        return new MockFailures(real);
    }

    CryptokiFunctions functions() {
        return (CryptokiFunctions)
                Proxy.newProxyInstance(
                        CryptokiFunctions.class.getClassLoader(),
                        new Class<?>[] {CryptokiFunctions.class},
                        (proxy, method, arguments) -> call(method, arguments));
    }

    /** The next call of the function fails, once, and does nothing. */
    void fail(String function, long rv) {
        fail(function, 1, rv);
    }

    /** The n-th call from now on fails, once. 0: each one, until {@link #heal}. */
    void fail(String function, int call, long rv) {
        int from = call == 0 ? 0 : calls.getOrDefault(function, 0) + call;
        failures.put(function, new Failure(from, rv));
    }

    /** Calls of the function do not return until {@link #release}. */
    void hang(String function) {
        entered.put(function, new CountDownLatch(1));
        hanging.put(function, new CountDownLatch(1));
    }

    void awaitHanging(String function) throws InterruptedException {
        entered.get(function).await();
    }

    void release(String function) {
        hanging.remove(function).countDown();
    }

    /** Fails and holds nothing any more; returns when no call is under way in a session. */
    void heal() {
        failures.clear();
        List.copyOf(hanging.keySet()).forEach(this::release);
        while (!inSession.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    int calls(String function) {
        return calls.getOrDefault(function, 0);
    }

    List<String> functionsCalled() {
        return new ArrayList<>(calls.keySet());
    }

    /** Calls that met another one in the same session. */
    List<String> collisions() {
        return List.copyOf(collisions);
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        String function = method.getName();
        if (WITHOUT_SESSION.contains(function)) {
            return callInSession(method, arguments);
        }
        String other = inSession.putIfAbsent(arguments[0], function);
        if (other != null) {
            collisions.add(function + " during " + other);
            return callInSession(method, arguments);
        }
        try {
            return callInSession(method, arguments);
        } finally {
            inSession.remove(arguments[0]);
        }
    }

    private Object callInSession(Method method, Object[] arguments) throws Throwable {
        String function = method.getName();
        int call = calls.merge(function, 1, Integer::sum);
        CountDownLatch latch = hanging.get(function);
        if (latch != null) {
            entered.get(function).countDown();
            latch.await();
        }
        Failure failure = failures.get(function);
        if (failure != null && (failure.call == call || failure.call == 0)) {
            if (failure.rv == Ckr.CKR_CRYPTOKI_NOT_INITIALIZED) {
                real.C_Finalize(0); // else it would be a lie
            }
            return failure.rv;
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
