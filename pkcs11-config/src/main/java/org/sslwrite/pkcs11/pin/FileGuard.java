package org.sslwrite.pkcs11.pin;

import com.sun.security.auth.module.UnixSystem;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Who may read a file with a secret in it: this process's user; besides, if the file is root's, the
 * members of one group that this process belongs to, which is how Kubernetes gives a secret to a
 * container (fsGroup). Nobody else, and nobody but its owner may write.
 *
 * <p>Directories are not looked at: who can change one cannot read the file, nor make one that
 * belongs to us or to root. What such a person could make is a link, so links count.
 *
 * @param user user id of this process
 * @param groups ids of its groups
 */
record FileGuard(int user, Set<Integer> groups) {
    private static final int ROOT = 0;
    private static final int GROUP_READ = 0040;
    private static final int GROUP_WRITE = 0020;
    private static final int OTHERS = 0006;

    /**
     * What stat says of a file.
     *
     * @param mode with the permissions in its lowest bits
     */
    record Stat(int owner, int group, int mode) {}

    /** This process; null on Windows, where users have no number. */
    static @Nullable FileGuard ofThisProcess() {
        if (OperatingSystem.current() == OperatingSystem.WINDOWS) {
            return null;
        }
        UnixSystem process = new UnixSystem();
        Set<Integer> groups = new HashSet<>();
        groups.add((int) process.getGid());
        for (long group : process.getGroups()) {
            groups.add((int) group);
        }
        return new FileGuard((int) process.getUid(), groups);
    }

    /** Whether a file, or link, belongs to someone whom this process trusts. */
    boolean trusts(int owner) {
        return owner == user || owner == ROOT;
    }

    /** What is wrong with a file, and how to mend it; null if nothing is. */
    @Nullable String fault(Path file, Stat stat) {
        if (!trusts(stat.owner)) {
            return "belongs to user "
                    + unsigned(stat.owner)
                    + ", and this process is user "
                    + unsigned(user)
                    + "; as root: "
                    + chown(file);
        }
        boolean isForGroup = (stat.mode & GROUP_READ) != 0;
        boolean isForOthers = (stat.mode & (OTHERS | GROUP_WRITE)) != 0;
        if (!isForOthers && (!isForGroup || mayGroupRead(stat))) {
            return null;
        }
        return "can be used by others" + who(stat, isForOthers) + "; " + remedy(file, stat);
    }

    /** Root's own group is as good as root. */
    private boolean mayGroupRead(Stat stat) {
        return stat.owner == ROOT && (stat.group == ROOT || groups.contains(stat.group));
    }

    private static String who(Stat stat, boolean isForOthers) {
        return isForOthers ? "" : ", the members of group " + unsigned(stat.group);
    }

    private String remedy(Path file, Stat stat) {
        if (isOfKubernetes(file)) {
            return inKubernetes();
        }
        if (stat.owner == user) {
            return "use: chmod 600 " + quoted(file);
        }
        return groups.contains(stat.group)
                ? "as root: chmod 440 " + quoted(file)
                : "as root: " + chown(file) + " && chmod 600 " + quoted(file);
    }

    /** For a file that the system does not let this process read. */
    String remedyOfDenial(Path file) {
        return "which is user "
                + unsigned(user)
                + "; "
                + (isOfKubernetes(file) ? inKubernetes() : "as root: " + chown(file));
    }

    private String chown(Path file) {
        return "chown " + unsigned(user) + " " + quoted(file);
    }

    private String inKubernetes() {
        return "set defaultMode: 0400 for the volume"
                + (user == ROOT ? "" : ", and fsGroup in the pod's securityContext");
    }

    /** It writes a secret into a directory ..2026_…, to which a link ..data leads. */
    private static boolean isOfKubernetes(Path file) {
        for (Path name : file) {
            if (name.toString().startsWith("..")) {
                return true;
            }
        }
        return false;
    }

    /** A path as a shell takes it. */
    static String quoted(Path file) {
        String text = file.toString();
        return text.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String unsigned(int id) {
        return Integer.toUnsignedString(id);
    }
}
