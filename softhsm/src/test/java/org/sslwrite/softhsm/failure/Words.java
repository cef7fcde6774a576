package org.sslwrite.softhsm.failure;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Everything that objects of ours say of themselves: the text of each that can be reached from
 * some, with all that exceptions have to tell.
 */
final class Words {
    private static final int MOST = 200_000;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();

    private Words() {}

    static String of(Object... roots) {
        Words words = new Words();
        for (Object root : roots) {
            words.note(root);
        }
        while (!words.waiting.isEmpty() && words.seen.size() < MOST) {
            words.visit(words.waiting.remove());
        }
        return words.text.toString();
    }

    private void note(Object object) {
        if (object != null && seen.add(object)) {
            waiting.add(object);
        }
    }

    private void visit(Object object) {
        switch (object) {
            case Throwable thrown -> {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                say(trace);
            }
            case CharSequence words -> say(words);
            case Collection<?> all -> all.forEach(this::note);
            case Object[] all -> {
                for (Object one : all) {
                    note(one);
                }
            }
            case Map<?, ?> map -> {
                map.keySet().forEach(this::note);
                map.values().forEach(this::note);
            }
            default -> {
                if (isOurs(object.getClass())) {
                    say(object);
                    noteFields(object);
                }
            }
        }
    }

    /** Ours, and not the tests', who must know every secret. */
    private static boolean isOurs(Class<?> type) {
        String name = type.getName();
        return name.startsWith("org.sslwrite.")
                && !name.startsWith("org.sslwrite.kit.")
                && !name.startsWith("org.sslwrite.softhsm.failure.");
    }

    private void say(Object object) {
        text.append(Objects.toString(object)).append('\n');
    }

    private void noteFields(Object object) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            if (!isOurs(type)) {
                return;
            }
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    note(read(field, object));
                }
            }
        }
    }

    private static Object read(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
