package org.sslwrite.pkcs11.config;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.pin.PinSources;
import org.sslwrite.pkcs11.text.Text;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a token is and how to reach it. Immutable, and valid once made; whether the module exists
 * and has such a token is found out when it is opened.
 *
 * <p>What is not said is taken from the {@link VendorCatalogue}, if the module's file name is in
 * it: SoftHSM2 gets other defaults than CloudHSM.
 */
public final class TokenConfig {
    /** Bytes of content that a record may have at all (RFC 8446, section 5.1). */
    static final int MAX_FRAGMENT = 1 << 14;

    /** The smallest that a peer may ask for (RFC 6066, section 4). */
    static final int MIN_FRAGMENT = 512;

    /** Bytes of a text; longer than any that a person writes. */
    private static final int MAX_TEXT = 1024;

    private static final Pattern FUNCTION = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    private static final Duration LONGEST_CALL = Duration.ofHours(1);
    private static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final Path module;
    private final TokenSelector token;
    private final PinSource pin;
    private final @Nullable KeySelector key;
    private final TokenRoute engine;
    private final @Nullable String libraryParameters;
    private final String functionList;
    private final @Nullable Duration callTimeout;
    private final int maxSessions;
    private final boolean privateTrafficKeys;
    private final int maxFragment;
    private final boolean messageEncryption;
    private final @Nullable Vendor vendor;
    private final Builder origin;

    private TokenConfig(Builder from) throws TokenConfigException {
        module = from.library();
        // A module that is named by a vendor's id is that vendor's: NSS's library has two in it.
        Vendor named = from.vendor != null ? from.vendor : VendorCatalogue.named(from.module);
        origin = new Builder(from).module(module);
        origin.vendor = named;
        vendor = named != null ? named : VendorCatalogue.byLibrary(module);
        Vendor.Defaults defaults =
                vendor == null ? Vendor.Defaults.OF_ANY_MODULE : vendor.defaults();
        token = from.token != null ? from.token : defaultToken(defaults);
        name = from.name != null ? from.name : defaultName(vendor, module, token);
        pin = from.pin;
        key = from.key;
        engine = from.engine;
        libraryParameters =
                from.libraryParametersSet ? from.libraryParameters : defaults.libraryParameters();
        functionList = from.functionList != null ? from.functionList : defaults.functionList();
        callTimeout = from.callTimeout;
        maxSessions = from.maxSessions != null ? from.maxSessions : defaults.maxSessions();
        privateTrafficKeys =
                from.privateTrafficKeys != null
                        ? from.privateTrafficKeys
                        : defaults.privateTrafficKeys();
        maxFragment = from.maxFragment != null ? from.maxFragment : defaults.maxFragment();
        messageEncryption = from.messageEncryption;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a properties file: a line {@code key = value} for each setting, in UTF-8, of at most 64
     * KiB; a line that begins with {@code #} is a comment. Nothing is escaped; a value may stand in
     * single or double quotes, which are no part of it.
     *
     * <table>
     * <caption>Keys</caption>
     * <tr><td>{@code module}</td><td>absolute path of the library, or its file name</td></tr>
     * <tr><td>{@code vendor}</td><td>id in the catalogue, instead of a module or besides</td></tr>
     * <tr><td>{@code token-label}, {@code token-serial}, {@code slot-id}</td><td>the token; all
     * that are given must be true</td></tr>
     * <tr><td>{@code slot-index}</td><td>the token, instead of these; counts from 0</td></tr>
     * <tr><td>{@code pin-source}</td><td>{@code file:/path}, {@code env:NAME}, {@code prompt},
     * {@code none} (default)</td></tr>
     * <tr><td>{@code key-label}, {@code key-id}</td><td>the private key; the id in
     * hexadecimal</td></tr>
     * <tr><td>{@code engine}</td><td>{@code cryptoki} (default), {@code sunpkcs11}</td></tr>
     * <tr><td>{@code library-parameters}</td><td>what the module wants at C_Initialize</td></tr>
     * <tr><td>{@code function-list}</td><td>the library's function that gives the module; default
     * C_GetFunctionList</td></tr>
     * <tr><td>{@code call-timeout}</td><td>{@code 500ms}, {@code 10s}; 0: none. Default:
     * 30s, but not for a record that a platform thread seals</td></tr>
     * <tr><td>{@code max-sessions}</td><td>0: as many as the token allows</td></tr>
     * <tr><td>{@code private-traffic-keys}</td><td>{@code true}, {@code false}</td></tr>
     * <tr><td>{@code max-fragment}</td><td>512 to 16384 bytes</td></tr>
     * <tr><td>{@code message-encryption}</td><td>{@code true} (default): AES-GCM by
     * C_EncryptMessage where the token has it; {@code false}</td></tr>
     * <tr><td>{@code name}</td><td>what messages call the token</td></tr>
     * </table>
     *
     * @throws TokenConfigException naming file and line, and what to do
     */
    public static TokenConfig fromFile(Path file) throws TokenConfigException {
        SettingsText text;
        try (InputStream in = Files.newInputStream(file)) {
            text = SettingsText.read(file.toString(), in);
        } catch (NoSuchFileException e) {
            throw new TokenConfigException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new TokenConfigException(file + ": cannot be read: " + e.getMessage(), e);
        }
        return TokenFile.parse(text);
    }

    /**
     * Reads an RFC 7512 URI, as in {@code pkcs11:token=web;object=tls?module-path=/usr/lib/x.so}; a
     * PIN in it (pin-value) is refused. Attributes of vendors in its query are passed over.
     *
     * @throws TokenConfigException naming the attribute, and what to do
     */
    public static TokenConfig fromUri(String uri) throws TokenConfigException {
        return fromUri(uri, false);
    }

    /**
     * Reads an RFC 7512 URI.
     *
     * @param allowPinValue whether it may hold the PIN, which other users may see in a command line
     * @throws TokenConfigException naming the attribute, and what to do
     */
    public static TokenConfig fromUri(String uri, boolean allowPinValue)
            throws TokenConfigException {
        return TokenUri.parse(uri, allowPinValue);
    }

    /** How messages and reports call the token, as in {@code SoftHSM2 token "web"}. */
    public String name() {
        return name;
    }

    /** The module's library; absolute. */
    public Path module() {
        return module;
    }

    /** Whose module it is; null if the catalogue does not know. */
    public @Nullable Vendor vendor() {
        return vendor;
    }

    /** Which of the module's tokens. */
    public TokenSelector token() {
        return token;
    }

    /** Where the PIN comes from. */
    public PinSource pin() {
        return pin;
    }

    /**
     * Where the PIN comes from, as {@code pin-source} is written in a file; null if the program
     * gives it.
     */
    public @Nullable String pinSource() {
        return PinSources.written(pin);
    }

    /** The private key to sign with; null if none is named. */
    public @Nullable KeySelector key() {
        return key;
    }

    /** The way to the token. */
    public TokenRoute engine() {
        return engine;
    }

    /** What the module wants to be told at C_Initialize (NSS does); null for nothing. */
    public @Nullable String libraryParameters() {
        return libraryParameters;
    }

    /**
     * The library's function that gives the list of the module's functions: {@code
     * C_GetFunctionList}, but for libraries with more than one module in them, as NSS has one for
     * FIPS mode ({@code FC_GetFunctionList}).
     */
    public String functionList() {
        return functionList;
    }

    /**
     * How long one call may take; zero: as long as it likes. A call that is limited runs on a
     * thread of ours, which is left to it when its time is up. So does every call that a virtual
     * thread makes, for a call into C holds the virtual thread's carrier.
     */
    public Duration callTimeout() {
        return callTimeout == null ? DEFAULT_CALL_TIMEOUT : callTimeout;
    }

    /**
     * Whether {@link #callTimeout} was chosen. The default does not hold for a record that a
     * platform thread seals, nor for waiting until a person has entered the PIN: to hand a record
     * to another thread costs some 10 microseconds, as much as a token in software takes for it.
     */
    public boolean isCallTimeoutChosen() {
        return callTimeout != null;
    }

    /** Sessions at most; 0: as many as the token allows. */
    public int maxSessions() {
        return maxSessions;
    }

    /** CKA_PRIVATE of traffic keys. */
    public boolean privateTrafficKeys() {
        return privateTrafficKeys;
    }

    /** Bytes of content a record may have for this token, at most; 16384 if it has no limit. */
    public int maxFragment() {
        return maxFragment;
    }

    /**
     * Whether AES-GCM goes through the message interface of PKCS#11 3.0 where the token has it: one
     * call a record instead of two, and a session of its own for each key. By the C API only.
     */
    public boolean messageEncryption() {
        return messageEncryption;
    }

    /** A builder that starts from this; what was default, but for the module, is so again. */
    public Builder toBuilder() {
        return new Builder(origin);
    }

    /** For people and logs; without a PIN. */
    @Override
    public String toString() {
        return name + " (" + module + ", " + engine + ", PIN: " + origin.pinName() + ")";
    }

    private static TokenSelector defaultToken(Vendor.Defaults defaults) {
        String label = defaults.tokenLabel();
        return label == null ? new TokenSelector.Only() : new TokenSelector.ByLabel(label);
    }

    private static String defaultName(@Nullable Vendor vendor, Path module, TokenSelector token) {
        String whose = vendor == null ? String.valueOf(module.getFileName()) : vendor.name();
        return whose + " " + token.describe();
    }

    /**
     * Collects what a configuration needs: a module at least. Setters throw {@link
     * IllegalArgumentException} for what no configuration can have.
     */
    public static final class Builder {
        private @Nullable String name;
        private @Nullable Path module;
        private @Nullable Vendor vendor;
        private @Nullable TokenSelector token;
        private PinSource pin = PinSource.none();
        private @Nullable KeySelector key;
        private TokenRoute engine = TokenRoute.CRYPTOKI;
        private @Nullable String libraryParameters;
        private boolean libraryParametersSet;
        private @Nullable String functionList;
        private @Nullable Duration callTimeout;
        private @Nullable Integer maxSessions;
        private @Nullable Boolean privateTrafficKeys;
        private @Nullable Integer maxFragment;
        private boolean messageEncryption = true;

        private Builder() {}

        private Builder(Builder from) {
            name = from.name;
            module = from.module;
            vendor = from.vendor;
            token = from.token;
            pin = from.pin;
            key = from.key;
            engine = from.engine;
            libraryParameters = from.libraryParameters;
            libraryParametersSet = from.libraryParametersSet;
            functionList = from.functionList;
            callTimeout = from.callTimeout;
            maxSessions = from.maxSessions;
            privateTrafficKeys = from.privateTrafficKeys;
            maxFragment = from.maxFragment;
            messageEncryption = from.messageEncryption;
        }

        /** Sets {@link TokenConfig#name}; default: made of module and selector. */
        public Builder name(String name) {
            Text.requirePrintable("name", name, MAX_TEXT);
            this.name = name;
            return this;
        }

        /**
         * Sets {@link TokenConfig#module}: an absolute path; or only the name of a library in the
         * catalogue, which is looked for in its usual places.
         */
        public Builder module(Path library) {
            Text.requirePrintable("path of the module", library.toString());
            if (!library.isAbsolute()) {
                ModuleName.requireFileName(library.toString());
            }
            this.module = library;
            return this;
        }

        /** Sets {@link TokenConfig#vendor}; the module is then looked for if it is not set. */
        public Builder vendor(Vendor vendor) {
            this.vendor = vendor;
            return this;
        }

        /** Sets {@link TokenConfig#token}; default: the module's only token. */
        public Builder token(TokenSelector selector) {
            this.token = selector;
            return this;
        }

        /** Sets {@link TokenConfig#pin}; default: no login. */
        public Builder pin(PinSource source) {
            this.pin = source;
            return this;
        }

        /** Sets {@link TokenConfig#key}. */
        public Builder key(@Nullable KeySelector key) {
            this.key = key;
            return this;
        }

        /** Sets {@link TokenConfig#engine}; default: {@link TokenRoute#CRYPTOKI}. */
        public Builder engine(TokenRoute engine) {
            this.engine = engine;
            return this;
        }

        /** Sets {@link TokenConfig#libraryParameters}. */
        public Builder libraryParameters(@Nullable String parameters) {
            if (parameters != null) {
                Text.requirePrintable("text of the library parameters", parameters, MAX_TEXT);
            }
            this.libraryParameters = parameters;
            this.libraryParametersSet = true;
            return this;
        }

        /** Sets {@link TokenConfig#functionList}; default: the vendor's. */
        public Builder functionList(String function) {
            if (!FUNCTION.matcher(function).matches()) {
                throw new IllegalArgumentException(
                        "the name of a function in the library, as in FC_GetFunctionList");
            }
            this.functionList = function;
            return this;
        }

        /**
         * Sets {@link TokenConfig#callTimeout}, 1 ms to 1 hour, or zero for none; default: 30
         * seconds, but see {@link TokenConfig#isCallTimeoutChosen}.
         */
        public Builder callTimeout(Duration timeout) {
            boolean isTooShort = !timeout.isZero() && timeout.toMillis() <= 0;
            if (timeout.isNegative() || isTooShort || timeout.compareTo(LONGEST_CALL) > 0) {
                throw new IllegalArgumentException("a time limit is 1ms to 1h, or 0 for none");
            }
            this.callTimeout = timeout;
            return this;
        }

        /** Sets {@link TokenConfig#maxSessions}. */
        public Builder maxSessions(int sessions) {
            if (sessions < 0) {
                throw new IllegalArgumentException(
                        "a number of sessions; 0 means as many as the token allows");
            }
            this.maxSessions = sessions;
            return this;
        }

        /** Sets {@link TokenConfig#privateTrafficKeys}. */
        public Builder privateTrafficKeys(boolean isPrivate) {
            this.privateTrafficKeys = isPrivate;
            return this;
        }

        /** Sets {@link TokenConfig#maxFragment}, 512 to 16384. */
        public Builder maxFragment(int bytes) {
            if (bytes < MIN_FRAGMENT || bytes > MAX_FRAGMENT) {
                throw new IllegalArgumentException(
                        "a fragment has " + MIN_FRAGMENT + " to " + MAX_FRAGMENT + " bytes");
            }
            this.maxFragment = bytes;
            return this;
        }

        /** Sets {@link TokenConfig#messageEncryption}; default: true. */
        public Builder messageEncryption(boolean allowed) {
            this.messageEncryption = allowed;
            return this;
        }

        /**
         * Makes the configuration.
         *
         * @throws TokenConfigException if no module is named, or it is nowhere
         */
        public TokenConfig build() throws TokenConfigException {
            return new TokenConfig(this);
        }

        private Path library() throws TokenConfigException {
            if (module != null) {
                return module.isAbsolute()
                        ? module.normalize()
                        : ModuleName.find(module.toString());
            }
            if (vendor == null) {
                throw new TokenConfigException(
                        "no module is named: set module = /path/of/the/library.so, or vendor");
            }
            Path found = VendorCatalogue.find(vendor);
            if (found == null) {
                throw new TokenConfigException(ModuleName.missing(vendor));
            }
            return found;
        }

        /** Lambdas of applications have no name worth printing. */
        private String pinName() {
            return pin.getClass().isSynthetic() || pin.getClass().isHidden()
                    ? "given by the program"
                    : pin.toString();
        }
    }
}
