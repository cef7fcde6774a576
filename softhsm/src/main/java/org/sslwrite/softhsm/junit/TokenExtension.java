package org.sslwrite.softhsm.junit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What {@link WithToken} does. */
@SuppressWarnings("exports") // whoever uses this has JUnit; others must not need it
public final class TokenExtension implements ExecutionCondition, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TokenExtension.class);

    /** Whose parameters every test of a class depends on. */
    private static final List<Class<? extends Annotation>> LIFE_CYCLE =
            List.of(BeforeAll.class, BeforeEach.class, AfterEach.class, AfterAll.class);

    private final Function<Kind, @Nullable String> reasonAgainst;

    /** For JUnit. */
    public TokenExtension() {
        this(SoftwareToken::reasonAgainst);
    }

    TokenExtension(Function<Kind, @Nullable String> reasonAgainst) {
        this.reasonAgainst = reasonAgainst;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        for (Kind kind : wanted(context)) {
            String reason = reasonAgainst.apply(kind);
            if (reason != null) {
                return ConditionEvaluationResult.disabled("needs a token: " + reason);
            }
        }
        return ConditionEvaluationResult.enabled("the token can be made");
    }

    private static Set<Kind> wanted(ExtensionContext context) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        AnnotatedElement element = context.getElement().orElse(null);
        if (element != null) {
            addTo(kinds, element);
        }
        if (element instanceof Method method) {
            addParametersTo(kinds, method);
        } else if (element instanceof Class<?> test) {
            Stream.of(test.getDeclaredConstructors()).forEach(c -> addParametersTo(kinds, c));
            Stream.of(test.getDeclaredMethods())
                    .filter(TokenExtension::isForAllTests)
                    .forEach(method -> addParametersTo(kinds, method));
        }
        return kinds;
    }

    private static boolean isForAllTests(Method method) {
        return LIFE_CYCLE.stream().anyMatch(method::isAnnotationPresent);
    }

    private static void addParametersTo(Set<Kind> kinds, Executable executable) {
        for (Parameter parameter : executable.getParameters()) {
            addTo(kinds, parameter);
        }
    }

    private static void addTo(Set<Kind> kinds, AnnotatedElement element) {
        WithToken annotation = element.getAnnotation(WithToken.class);
        if (annotation != null) {
            kinds.add(annotation.value());
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == SoftwareToken.class || type == TokenConfig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        SoftwareToken token = token(parameter, context);
        return parameter.getParameter().getType() == TokenConfig.class ? token.config() : token;
    }

    private static SoftwareToken token(ParameterContext parameter, ExtensionContext context) {
        WithToken own = parameter.getParameter().getAnnotation(WithToken.class);
        if (own != null) {
            return make(own, context, parameter.getParameter());
        }
        for (ExtensionContext owner = context;
                owner != null;
                owner = owner.getParent().orElse(null)) {
            WithToken annotation =
                    owner.getElement().map(e -> e.getAnnotation(WithToken.class)).orElse(null);
            if (annotation != null) {
                return make(annotation, owner, null);
            }
        }
        throw new ParameterResolutionException(
                "nothing says which token: put @WithToken on the parameter, method or class");
    }

    /**
     * Which token of a store: an inner context finds in its store what an outer one has put there.
     *
     * @param parameter the only one that the token is for; null if it is for all
     */
    private record Key(String owner, @Nullable Parameter parameter) {}

    /** JUnit closes what is in a store when the store's owner ends. */
    private static SoftwareToken make(
            WithToken wanted, ExtensionContext owner, @Nullable Parameter parameter) {
        Store store = owner.getStore(NAMESPACE);
        Key key = new Key(owner.getUniqueId(), parameter);
        return store.getOrComputeIfAbsent(key, k -> create(wanted.value()), SoftwareToken.class);
    }

    private static SoftwareToken create(Kind kind) {
        try {
            return SoftwareToken.create(kind);
        } catch (TokenException e) {
            throw new ParameterResolutionException(e.getMessage(), e);
        }
    }
}
