package org.sslwrite.pkcs11.config;

import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.text.Text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of {@code key = value}. A line that is blank or begins with {@code #} or {@code !} says
 * nothing; nothing is escaped and no line goes on in the next. UTF-8, with or without a byte order
 * mark.
 *
 * @param name what messages call the text: the path of a file
 * @param lines without their ends; the first is line 1
 */
record SettingsText(String name, List<String> lines) {
    /** A configuration has a dozen lines; more than this is some other file. */
    static final int MAX_BYTES = 64 * 1024;

    /** A key and its value, and where they stand. */
    record Setting(int line, String key, String value) {}

    /** Reads to the end, or to where it is too long. */
    static SettingsText read(String name, InputStream in) throws IOException, TokenConfigException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new TokenConfigException(
                    name + ": longer than " + MAX_BYTES + " bytes: not a token's configuration");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new TokenConfigException(
                    name + ": not a text in UTF-8: not a token's configuration", e);
        }
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        SettingsText settings = new SettingsText(name, text.lines().toList());
        for (int i = 0; i < settings.lines.size(); i++) {
            settings.requireText(i + 1, settings.lines.get(i));
        }
        return settings;
    }

    /** The settings; a line that is none is an error. */
    List<Setting> settings() throws TokenConfigException {
        List<Setting> settings = new ArrayList<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (!isSilent(line)) {
                settings.add(setting(number, line));
            }
        }
        return settings;
    }

    /** One line that is not silent. */
    Setting setting(int number, String line) throws TokenConfigException {
        int equals = line.indexOf('=');
        if (equals < 1) {
            // The line is not shown: it may be a PIN.
            throw error(number, "expected key = value");
        }
        return new Setting(
                number, line.substring(0, equals).strip(), line.substring(equals + 1).strip());
    }

    static boolean isSilent(String line) {
        return line.isEmpty() || line.startsWith("#") || line.startsWith("!");
    }

    TokenConfigException error(int line, String what) {
        return new TokenConfigException(name + ":" + line + ": " + what);
    }

    private void requireText(int number, String line) throws TokenConfigException {
        if (line.codePoints().anyMatch(c -> c != '\t' && Text.isUnprintable(c))) {
            throw error(number, "a control character: not a token's configuration");
        }
    }
}
