package org.sslwrite.pkcs11.config;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.pin.PinSource;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a configuration of an RFC 7512 URI. Messages name attributes, and never show a value: it
 * may be a PIN, or the better part of one.
 */
final class TokenUri {
    private static final int MAX_LENGTH = 8 * 1024;
    private static final String SCHEME = "pkcs11:";

    private static final Set<String> PATH =
            Set.of(
                    "token",
                    "manufacturer",
                    "serial",
                    "model",
                    "slot-id",
                    "slot-manufacturer",
                    "slot-description",
                    "library-manufacturer",
                    "library-description",
                    "library-version",
                    "object",
                    "type",
                    "id");

    private static final Set<String> QUERY =
            Set.of("pin-source", "pin-value", "module-path", "module-name", "x-engine");

    /** What to pass over would be to use another module, or no PIN. */
    private static final Pattern MISSPELT =
            Pattern.compile("pin|module|x-?engine", Pattern.CASE_INSENSITIVE);

    private static final Pattern VERSION = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]{1,3}))?");

    /**
     * RFC 7512, section 2.3: {@code pk11-res-avail = ":" / "[" / "]" / "@" / "!" / "$" / "'" / "("
     * / ")" / "*" / "+" / "," / "="}, the unreserved characters of RFC 3986, and {@code "&"} in a
     * path.
     */
    private static final String IN_PATH = ":[]@!$'()*+,=-._~&";

    /** As above, with {@code "/" / "?" / "|"} instead of {@code "&"} in a query. */
    private static final String IN_QUERY = ":[]@!$'()*+,=-._~/?|";

    private final Map<String, byte[]> attributes = new LinkedHashMap<>();
    private final boolean allowPinValue;

    private TokenUri(boolean allowPinValue) {
        this.allowPinValue = allowPinValue;
    }

    static TokenConfig parse(String uri, boolean allowPinValue) throws TokenConfigException {
        TokenUri parsed = new TokenUri(allowPinValue);
        try {
            parsed.read(uri);
            return parsed.config();
        } finally {
            parsed.attributes.values().forEach(value -> Arrays.fill(value, (byte) 0));
        }
    }

    /** What an attribute does with its value; refuses it with an IllegalArgumentException. */
    @FunctionalInterface
    private interface Use {
        void accept(String value) throws TokenConfigException;
    }

    private void read(String uri) throws TokenConfigException {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new TokenConfigException(
                    "not a PKCS#11 URI: it begins with pkcs11: as in"
                            + " pkcs11:token=web?module-path=/usr/lib/softhsm/libsofthsm2.so");
        }
        if (uri.length() > MAX_LENGTH) {
            throw new TokenConfigException(
                    "PKCS#11 URI: longer than " + MAX_LENGTH + " characters");
        }
        String rest = uri.substring(SCHEME.length());
        int question = rest.indexOf('?');
        String path = question < 0 ? rest : rest.substring(0, question);
        readAttributes(path, ";", IN_PATH, TokenUri::isPathAttribute);
        if (question >= 0) {
            readAttributes(rest.substring(question + 1), "&", IN_QUERY, TokenUri::isQueryAttribute);
        }
    }

    /** A part of the URI. */
    @FunctionalInterface
    private interface Part {
        /**
         * Whether an attribute means something here; false for one that is passed over.
         *
         * @throws TokenConfigException if it may not stand here; says what to do
         */
        boolean isKnown(String attribute) throws TokenConfigException;
    }

    private void readAttributes(String text, String separator, String allowed, Part place)
            throws TokenConfigException {
        if (text.isEmpty()) {
            return;
        }
        for (String part : text.split(separator, -1)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new TokenConfigException(
                        "PKCS#11 URI: expected attribute=value between each two \""
                                + separator
                                + "\"");
            }
            String attribute = part.substring(0, equals);
            boolean isKnown = place.isKnown(attribute);
            byte[] value = decoded(attribute, part.substring(equals + 1), allowed);
            if (!isKnown || attributes.putIfAbsent(attribute, value) != null) {
                Arrays.fill(value, (byte) 0);
            }
            if (isKnown && attributes.get(attribute) != value) {
                // RFC 7512, section 2.3, lets only attributes of vendors be there twice.
                throw error(attribute, "is there more than once");
            }
        }
    }

    private static boolean isPathAttribute(String attribute) throws TokenConfigException {
        if (QUERY.contains(attribute)) {
            throw error(attribute, "belongs behind the question mark");
        }
        if (!PATH.contains(attribute)) {
            // It would say which token or key is meant: without it another one could be.
            throw error(
                    requireName(attribute),
                    "is unknown, and says which token or key is meant: leave it out, and name the"
                            + " token by token or serial");
        }
        return true;
    }

    /** RFC 7512, section 2.3: what is not recognised in the query is to be ignored. */
    private static boolean isQueryAttribute(String attribute) throws TokenConfigException {
        if (PATH.contains(attribute)) {
            throw error(attribute, "belongs before the question mark");
        }
        if (QUERY.contains(attribute)) {
            return true;
        }
        requireName(attribute);
        if (MISSPELT.matcher(attribute).lookingAt()) {
            throw error(
                    attribute,
                    "is unknown; there are pin-source, pin-value, module-path, module-name and"
                            + " x-engine");
        }
        return false;
    }

    /** An unknown attribute is named in a message only if it has the form of a name. */
    private static String requireName(String attribute) throws TokenConfigException {
        if (attribute.length() > 64 || !attribute.chars().allMatch(TokenUri::isNameCharacter)) {
            throw new TokenConfigException(
                    "PKCS#11 URI: the name of an attribute has characters that none has");
        }
        return attribute;
    }

    private static boolean isNameCharacter(int c) {
        return isAlphanumeric(c) || c == '-' || c == '_';
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static byte[] decoded(String attribute, String text, String allowed)
            throws TokenConfigException {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()
                        || !HexFormat.isHexDigit(text.charAt(i + 1))
                        || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                    throw error(attribute, "has a % without two hexadecimal digits behind it");
                }
                bytes.put((byte) HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else if (isAlphanumeric(c) || allowed.indexOf(c) >= 0) {
                bytes.put((byte) c);
            } else {
                throw error(
                        attribute,
                        "has a character that is written as % and its code, as in %20 for a blank");
            }
        }
        byte[] value = Arrays.copyOf(bytes.array(), bytes.position());
        Arrays.fill(bytes.array(), (byte) 0);
        return value;
    }

    private TokenConfig config() throws TokenConfigException {
        TokenConfig.Builder builder = TokenConfig.builder();
        module(builder);
        token(builder);
        key(builder);
        pin(builder);
        use("x-engine", name -> builder.engine(TokenFile.engine(name)));
        try {
            return builder.build();
        } catch (TokenConfigException e) {
            throw new TokenConfigException("PKCS#11 URI: " + e.getMessage(), e);
        }
    }

    private void module(TokenConfig.Builder builder) throws TokenConfigException {
        if (!has("module-path") && !has("module-name")) {
            throw new TokenConfigException(
                    "PKCS#11 URI: no module is named; append"
                            + " ?module-path=/path/of/the/library.so");
        }
        use(
                "module-path",
                text -> {
                    Path path = path(text);
                    if (!Files.isDirectory(path)) {
                        builder.module(path);
                    } else if (!has("module-name")) {
                        throw new IllegalArgumentException(
                                "is a directory: name the library in it, or add module-name");
                    }
                });
        use("module-name", name -> moduleName(builder, name));
    }

    private void moduleName(TokenConfig.Builder builder, String name) throws TokenConfigException {
        ModuleName.requireFileName(name);
        if (!has("module-path")) {
            ModuleName.find(name);
            builder.module(Path.of(name)); // which may be a vendor's id, and say more than a path
            return;
        }
        Path directory = path(text("module-path"));
        Path found = ModuleName.find(directory, name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "is not in the directory that module-path names; if module-path is the"
                            + " library, leave module-name out");
        }
        builder.module(found);
    }

    private static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("is not an absolute path");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is no path", e);
        }
    }

    private void token(TokenConfig.Builder builder) throws TokenConfigException {
        use("token", TokenSelector.ByLabel::new);
        use("serial", TokenSelector.BySerial::new);
        use("manufacturer", name -> TokenSelector.of(null, null, name, null, null));
        use("model", name -> TokenSelector.of(null, null, null, name, null));
        use("slot-id", TokenUri::requireDecimal);
        TokenSelector token =
                TokenSelector.of(
                        text("token"),
                        text("serial"),
                        text("manufacturer"),
                        text("model"),
                        slotId());
        TokenSelector.Place place = place();
        if (!place.equals(TokenSelector.Place.ANY)) {
            builder.token(new TokenSelector.In(token, place));
        } else if (!(token instanceof TokenSelector.Only)) {
            builder.token(token);
        }
    }

    private TokenSelector.Place place() throws TokenConfigException {
        use("slot-description", text -> inPlace(text, null, null, null, null));
        use("slot-manufacturer", text -> inPlace(null, text, null, null, null));
        use("library-manufacturer", text -> inPlace(null, null, text, null, null));
        use("library-description", text -> inPlace(null, null, null, text, null));
        use("library-version", TokenUri::version);
        String version = text("library-version");
        return inPlace(
                text("slot-description"),
                text("slot-manufacturer"),
                text("library-manufacturer"),
                text("library-description"),
                version == null ? null : version(version));
    }

    private static TokenSelector.Place inPlace(
            @Nullable String slotDescription,
            @Nullable String slotManufacturer,
            @Nullable String libraryManufacturer,
            @Nullable String libraryDescription,
            @Nullable String libraryVersion) {
        return new TokenSelector.Place(
                slotDescription,
                slotManufacturer,
                libraryManufacturer,
                libraryDescription,
                libraryVersion);
    }

    /** RFC 7512: {@code "library-version" "=" 1*DIGIT [ "." 1*DIGIT ]}; no minor one is 0. */
    private static String version(String text) {
        Matcher version = VERSION.matcher(text);
        if (!version.matches()) {
            throw new IllegalArgumentException("is a number, or two with a dot between them");
        }
        String minor = version.group(2);
        return Integer.parseInt(version.group(1))
                + "."
                + (minor == null ? 0 : Integer.parseInt(minor));
    }

    /** RFC 7512: {@code pk11-slot-id = "slot-id" "=" 1*DIGIT}. */
    private static void requireDecimal(String text) {
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("is not a number");
        }
        TokenFile.slotId(text);
    }

    private @Nullable Long slotId() throws TokenConfigException {
        String text = text("slot-id");
        return text == null ? null : TokenFile.slotId(text);
    }

    private void key(TokenConfig.Builder builder) throws TokenConfigException {
        use(
                "type",
                type -> {
                    if (!type.equals("private") && !type.equals("cert")) {
                        throw new IllegalArgumentException(
                                "is private or cert: nothing else of a token is used by name");
                    }
                });
        use("object", label -> builder.key(KeySelector.byLabel(label)));
        byte[] id = attributes.get("id");
        if (id != null) {
            try {
                builder.key(new KeySelector(text("object"), HexFormat.of().formatHex(id)));
            } catch (IllegalArgumentException e) {
                throw error("id", String.valueOf(e.getMessage()));
            }
        }
    }

    private void pin(TokenConfig.Builder builder) throws TokenConfigException {
        if (has("pin-value") && !allowPinValue) {
            throw error(
                    "pin-value",
                    "is refused: other users can see it in a command line; use"
                            + " pin-source=file:/path");
        }
        if (has("pin-value") && has("pin-source")) {
            // RFC 7512, section 2.4: "If a URI contains both "pin-source" and "pin-value" query
            // attributes, the URI SHOULD be refused as invalid."
            throw error("pin-value", "and pin-source exclude each other");
        }
        use("pin-source", source -> builder.pin(pinSource(source)));
        use("pin-value", value -> builder.pin(pinValue(value)));
    }

    private static PinSource pinSource(String text) {
        if (text.startsWith("|")) {
            throw new IllegalArgumentException(
                    "is a command, and commands are not run; use file:/path");
        }
        return PinSource.parse(text.startsWith("/") ? "file:" + text : text);
    }

    private static PinSource pinValue(String text) {
        char[] pin = text.toCharArray();
        try {
            return PinSource.of(pin);
        } finally {
            Arrays.fill(pin, '\0');
        }
    }

    private boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    private void use(String attribute, Use use) throws TokenConfigException {
        String value = text(attribute);
        if (value == null) {
            return;
        }
        try {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("is empty: leave it out");
            }
            use.accept(value);
        } catch (IllegalArgumentException | TokenConfigException e) {
            throw error(attribute, String.valueOf(e.getMessage()));
        }
    }

    /** Null if there is no such attribute. */
    private @Nullable String text(String attribute) throws TokenConfigException {
        byte[] value = attributes.get(attribute);
        if (value == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw error(attribute, "is not UTF-8");
        }
    }

    private static TokenConfigException error(String attribute, String what) {
        return new TokenConfigException("PKCS#11 URI: " + attribute + ": " + what);
    }
}
