package org.sslwrite.bench.fork;

import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.pin.PinSource;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The program of a JVM that measures. */
final class ForkMain {
    private ForkMain() {}

    public static void main(String[] args) {
        Child.run(ForkMain::measure);
    }

    private static void measure(PrintStream told) throws IOException, TokenException {
        InputStream in = new FileInputStream(FileDescriptor.in); // System.in would keep the PIN
        Order order = Protocol.order(new String(line(in), StandardCharsets.UTF_8));
        if (order.hasPin()) {
            registerWithPin(order.token(), line(in));
        }
        endWithParent(in);
        new CellRunner(order).run(outcome -> told.println(Protocol.line(outcome)));
    }

    private static byte[] line(InputStream in) throws IOException {
        try (WipedBytes bytes = new WipedBytes()) {
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                bytes.write(b);
            }
            return bytes.toByteArray();
        }
    }

    private static final class WipedBytes extends ByteArrayOutputStream {
        WipedBytes() {
            super(1 << 16); // so that it never moves to another array
        }

        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }

    /** Wipes the PIN. */
    private static void registerWithPin(String token, byte[] utf8) throws TokenException {
        CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
        char[] pin = new char[chars.length()];
        chars.get(pin);
        try {
            TokenConfig config = Tokens.described(token);
            Tokens.register(token, config.toBuilder().pin(PinSource.of(pin)).build());
        } finally {
            Arrays.fill(pin, '\0');
            Arrays.fill(chars.array(), '\0');
            Arrays.fill(utf8, (byte) 0);
        }
    }

    /** The stream ends when the parent does, however it does. */
    private static void endWithParent(InputStream in) {
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                in.transferTo(PrintStream.nullOutputStream());
                            } catch (IOException e) {
                                // as good as its end
                            }
                            Runtime.getRuntime().halt(1);
                        },
                        "parent");
        watch.setDaemon(true);
        watch.start();
    }
}
