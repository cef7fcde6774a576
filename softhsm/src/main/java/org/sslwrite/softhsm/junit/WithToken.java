package org.sslwrite.softhsm.junit;

import org.junit.jupiter.api.extension.ExtendWith;
import org.sslwrite.softhsm.SoftwareToken;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that needs a software token, which it gets as a parameter of type {@link SoftwareToken} or
 * {@link org.sslwrite.pkcs11.config.TokenConfig}.
 *
 * <ul>
 *   <li>On a class: one token for the class and the classes nested in it, also for its constructor,
 *       {@code @BeforeAll} and so on.
 *   <li>On a method: one token for each run of the method.
 *   <li>On a parameter of a method or constructor: one token for this parameter, for each run;
 *       there can be several.
 * </ul>
 *
 * <p>The token is made when it is first asked for, and closed at the end. Where there can be none,
 * the class or method is disabled, and the reason says what to install.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(TokenExtension.class)
@SuppressWarnings("exports") // whoever uses this has JUnit; others must not need it
public @interface WithToken {
    /** The software that plays the token. */
    SoftwareToken.Kind value();
}
