package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;

/** An engine that cannot be had here, or cannot do a suite. The message says why, in one line. */
public final class AbsentException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_DEPTH = 20;

    /** See the class. */
    public AbsentException(String reason) {
        super(reason);
    }

    /** See the class. */
    public AbsentException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /** The reason that a failure gives. */
    public static AbsentException because(Throwable failure) {
        return new AbsentException(words(failure), failure);
    }

    /**
     * What the failure says for a person: the words of the first of this project's own exceptions
     * in the chain of causes, else those of the innermost cause that has any.
     */
    public static String words(Throwable failure) {
        String words = null;
        int depth = 0;
        for (Throwable t = failure; t != null && depth < MAX_DEPTH; t = t.getCause(), depth++) {
            if (t.getMessage() != null && !t.getMessage().isBlank()) {
                words = t.getMessage();
                if (t.getClass().getName().startsWith("org.sslwrite.")) {
                    break;
                }
            }
        }
        return words == null ? failure.getClass().getSimpleName() : words;
    }
}
