package org.sslwrite.kit;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The source files of a module, parsed by the JDK's compiler. */
final class ModuleSources {
    /**
     * A method, constructor or record.
     *
     * @param name with its class, as in {@code Link.pump}
     * @param kind what it is
     * @param lines from its first annotation to its closing brace
     * @param parameters a record's are its components
     */
    record Declaration(String name, Kind kind, int lines, int parameters) {}

    enum Kind {
        METHOD,
        CONSTRUCTOR,
        RECORD
    }

    private record Source(Path file, CompilationUnitTree tree) {
        String type() {
            String name = file.getFileName().toString();
            return packageName() + "." + name.substring(0, name.length() - ".java".length());
        }

        String packageName() {
            return tree.getPackageName().toString();
        }
    }

    private final List<Source> sources = new ArrayList<>();
    private final Map<Path, Integer> lines = new TreeMap<>();
    private final List<Declaration> declarations = new ArrayList<>();

    /** Parses all files below a folder. */
    ModuleSources(Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager =
                        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Stream<Path> walk = Files.walk(folder)) {
            List<Path> files = walk.filter(f -> f.toString().endsWith(".java")).sorted().toList();
            for (Path file : files) {
                lines.put(folder.relativize(file), Files.readAllLines(file).size());
            }
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree tree : task.parse()) {
                new DeclarationScanner(tree, positions).scan(tree, null);
                if (tree.getPackageName() != null) {
                    sources.add(new Source(Path.of(tree.getSourceFile().getName()), tree));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The length of each file. */
    Map<Path, Integer> lines() {
        return lines;
    }

    List<Declaration> declarations() {
        return declarations;
    }

    /**
     * For each top-level type, the types of this module that its code names; Javadoc is ignored.
     */
    Map<String, Set<String>> namesUsed() {
        Set<String> types = new HashSet<>();
        sources.forEach(source -> types.add(source.type()));
        Map<String, Set<String>> used = new TreeMap<>();
        for (Source source : sources) {
            used.put(source.type(), new NameScanner(source, types).used());
        }
        return used;
    }

    /** Collects methods, constructors and records. */
    private final class DeclarationScanner extends TreeScanner<@Nullable Void, @Nullable String> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        DeclarationScanner(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable String outer) {
            String simple = type.getSimpleName().isEmpty() ? "?" : type.getSimpleName().toString();
            String name = outer == null ? simple : outer + "." + simple;
            if (type.getKind() == Tree.Kind.RECORD) {
                int components = (int) type.getMembers().stream().filter(this::isComponent).count();
                declarations.add(new Declaration(name, Kind.RECORD, lines(type), components));
            }
            return super.visitClass(type, name);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable String type) {
            boolean constructor = method.getName().contentEquals("<init>");
            declarations.add(
                    new Declaration(
                            type + "." + method.getName(),
                            constructor ? Kind.CONSTRUCTOR : Kind.METHOD,
                            lines(method),
                            method.getParameters().size()));
            return super.visitMethod(method, type);
        }

        /** A record declares no other instance fields. */
        private boolean isComponent(Tree member) {
            return member instanceof VariableTree field
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
        }

        private int lines(Tree tree) {
            LineMap map = unit.getLineMap();
            long first = map.getLineNumber(positions.getStartPosition(unit, tree));
            long last = map.getLineNumber(positions.getEndPosition(unit, tree));
            return (int) (last - first + 1);
        }
    }

    /** Collects the names that one file uses. */
    private static final class NameScanner extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final Source source;
        private final Set<String> types;
        private final Map<String, String> visible = new HashMap<>();
        private final Set<String> used = new TreeSet<>();

        NameScanner(Source source, Set<String> types) {
            this.source = source;
            this.types = types;
            String prefix = source.packageName() + ".";
            for (String type : types) {
                String simple = type.substring(type.lastIndexOf('.') + 1);
                if (type.equals(prefix + simple)) {
                    visible.put(simple, type);
                }
            }
        }

        Set<String> used() {
            scan(source.tree(), null);
            used.remove(source.type());
            return used;
        }

        @Override
        public @Nullable Void visitCompilationUnit(CompilationUnitTree unit, @Nullable Void v) {
            for (ImportTree imported : unit.getImports()) {
                makeVisible(imported);
            }
            return scan(unit.getTypeDecls(), v);
        }

        private void makeVisible(ImportTree imported) {
            String name = imported.getQualifiedIdentifier().toString();
            String last = name.substring(name.lastIndexOf('.') + 1);
            for (String owner = name; owner.contains("."); owner = outer(owner)) {
                if (types.contains(owner)) {
                    visible.put(last, owner);
                }
            }
        }

        private static String outer(String name) {
            return name.substring(0, name.lastIndexOf('.'));
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void v) {
            String name = type.getSimpleName().toString();
            boolean topLevel = source.type().equals(source.packageName() + "." + name);
            if (!topLevel) {
                visible.remove(name);
            }
            return super.visitClass(type, v);
        }

        @Override
        public @Nullable Void visitIdentifier(IdentifierTree identifier, @Nullable Void v) {
            String type = visible.get(identifier.getName().toString());
            if (type != null) {
                used.add(type);
            }
            return null;
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void v) {
            if (types.contains(select.toString())) {
                used.add(select.toString());
            }
            return super.visitMemberSelect(select, v);
        }
    }
}
