package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.key.TokenSigner;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** Somebody else's module compiles against the library and what comes with it. */
class ModuleUserTest {
    @TempDir private Path folder;

    /** What Maven gives to a project that depends on the library. */
    private static String modulePath() throws URISyntaxException {
        List<Class<?>> oneOfEach =
                List.of(
                        Ssl.class,
                        TokenConfig.class,
                        TokenSigner.class,
                        Nullable.class,
                        BouncyCastleProvider.class,
                        PEMParser.class,
                        TlsProtocol.class,
                        Arrays.class);
        StringBuilder path = new StringBuilder();
        for (Class<?> type : oneOfEach) {
            path.append(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()))
                    .append(':');
        }
        return path.toString();
    }

    @Test
    void compilesWithoutAWarning() throws Exception {
        Path module = folder.resolve("module-info.java");
        Files.writeString(module, "module user { requires org.sslwrite; }");
        Path source = folder.resolve("user/Main.java");
        Files.createDirectories(source.getParent());
        Files.writeString(
                source,
                """
                package user;

                import java.io.*;
                import java.nio.*;
                import java.security.*;
                import java.util.*;
                import javax.net.ssl.*;
                import org.sslwrite.*;
                import org.sslwrite.pkcs11.*;

                class Main {
                    static int write(Ssl ssl, TlsIdentity identity, Token token) {
                        return ssl.write(ByteBuffer.allocateDirect(1));
                    }
                }
                """);
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of(
                            "-Xlint:all",
                            "-d",
                            folder.resolve("classes").toString(),
                            "--module-path",
                            modulePath());
            boolean compiled =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(module, source))
                            .call();
            assertTrue(compiled, said::toString);
        }
        assertEquals("", said.toString());
    }

    /** A dependency of scope provided or test does not come with the library. */
    @Test
    void annotationsComeWithTheLibrary()
            throws IOException, ParserConfigurationException, SAXException {
        NodeList dependencies =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(Path.of("../pom.xml").toFile())
                        .getElementsByTagName("dependency");
        List<Element> jspecify =
                Stream.iterate(0, i -> i < dependencies.getLength(), i -> i + 1)
                        .map(i -> (Element) dependencies.item(i))
                        .filter(d -> text(d, "artifactId").equals("jspecify"))
                        .toList();
        assertEquals(2, jspecify.size(), "its version, and that every module has it");
        assertEquals(
                "",
                jspecify.stream().map(d -> text(d, "scope")).collect(Collectors.joining()),
                "scope compile, the default");
    }

    private static String text(Element parent, String name) {
        NodeList children = parent.getElementsByTagName(name);
        return children.getLength() == 0 ? "" : children.item(0).getTextContent().strip();
    }
}
