package org.sslwrite.softhsm.failure;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * A mock of a PKCS#11 module that breaks, because no real one breaks at the call one asks for:
 * passes every call on to a real module, except those that it was told to answer itself. Safe for
 * use by several threads.
 */
final class FailingFunctions {
    /** Answers a call in the module's stead. */
    @FunctionalInterface
    interface Fault {
        /**
         * @param module passes the call on to the real module
         */
        long answer(Call call, LongSupplier module);
    }

    /** Sees every call on its way there and back. */
    interface Witness {
        default void before(Call call) {}

        default void after(Call call, long rv) {}
    }

    private static final class Plan {
        final String function;
        final Fault fault;
        int callsToPass;
        int callsToFail;

        Plan(String function, int callsToPass, int callsToFail, Fault fault) {
            this.function = function;
            this.callsToPass = callsToPass;
            this.callsToFail = callsToFail;
            this.fault = fault;
        }
    }

    private final CryptokiFunctions module;
    private final List<Witness> witnesses;
    private final List<Plan> plans = new ArrayList<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private int strikes;

    FailingFunctions(CryptokiFunctions module, Witness... witnesses) {
        this.module = module;
        this.witnesses = List.of(witnesses);
    }

    /** What a token is made of. */
    CryptokiFunctions functions() {
        return (CryptokiFunctions)
                Proxy.newProxyInstance(
                        CryptokiFunctions.class.getClassLoader(),
                        new Class<?>[] {CryptokiFunctions.class},
                        (proxy, method, arguments) -> call(method, arguments));
    }

    /** The next call of the function fails, once. */
    void failNext(String function, Fault fault) {
        fail(function, 1, 1, fault);
    }

    /** Every call of the function fails, until {@link #heal}. */
    void failAlways(String function, Fault fault) {
        fail(function, 1, Integer.MAX_VALUE, fault);
    }

    /**
     * Calls of the function fail.
     *
     * @param first which is the first, counted from now; 1 is the next
     * @param times how many fail
     */
    synchronized void fail(String function, int first, int times, Fault fault) {
        plans.add(new Plan(function, first - 1, times, fault));
    }

    /** No call fails any more. */
    synchronized void heal() {
        plans.clear();
    }

    /** How many calls have failed on demand. */
    synchronized int strikes() {
        return strikes;
    }

    /** How many calls of the function have come. */
    long calls(String function) {
        LongAdder count = counts.get(function);
        return count == null ? 0 : count.sum();
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getReturnType() != long.class || arguments == null) {
            return pass(method, arguments);
        }
        long[] numbers = Arrays.stream(arguments).mapToLong(a -> (long) a).toArray();
        Call call = new Call(method.getName(), numbers);
        counts.computeIfAbsent(call.function(), f -> new LongAdder()).increment();
        witnesses.forEach(witness -> witness.before(call));
        Fault fault = due(call.function());
        long rv =
                fault == null
                        ? (long) pass(method, arguments)
                        : fault.answer(call, () -> passUnchecked(method, arguments));
        witnesses.forEach(witness -> witness.after(call, rv));
        return rv;
    }

    private synchronized @Nullable Fault due(String function) {
        for (Iterator<Plan> i = plans.iterator(); i.hasNext(); ) {
            Plan plan = i.next();
            if (!plan.function.equals(function)) {
                continue;
            }
            if (plan.callsToPass > 0) {
                plan.callsToPass--;
                continue;
            }
            plan.callsToFail--;
            if (plan.callsToFail == 0) {
                i.remove();
            }
            strikes++;
            return plan.fault;
        }
        return null;
    }

    private Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(module, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private long passUnchecked(Method method, Object @Nullable [] arguments) {
        try {
            return (long) pass(method, arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
