package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.seal.SealedBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of a file whose token was made to fail while it was sent.
 *
 * @param protocol version, as in {@code TLSv1.3}
 * @param policy what was to happen
 * @param sealedBy application data by engine
 * @param reported how the switch to another engine was reported; null if there was none
 * @param error what {@code Ssl.write} said; null if it succeeded
 * @param begun whether the engine had begun with the record that failed: then nothing else may be
 *     sealed under its number, not even an alert
 * @param peerSaw what the peer said of the connection's end; null if it was content
 * @param received bytes that arrived
 * @param whole whether that is the whole file
 * @param equal whether what arrived is what the file begins with
 */
record FailureRow(
        String protocol,
        OffloadPolicy policy,
        List<SealedBy> sealedBy,
        @Nullable String reported,
        @Nullable String error,
        boolean begun,
        @Nullable String peerSaw,
        long received,
        boolean whole,
        boolean equal) {

    /** Whether it is what the policy promises. */
    boolean asPromised() {
        if (policy == OffloadPolicy.TOKEN_PREFERRED) {
            return equal && isWhole() && sealedBy.size() == 2;
        }
        return equal && sealedBy.size() == 1 && (begun ? isStopped() : isWhole());
    }

    private boolean isWhole() {
        return whole && error == null && reported != null;
    }

    /** Without an alert: the number of the record that failed is used up. */
    private boolean isStopped() {
        return !whole && error != null && !sawFatalAlert();
    }

    /** Each peer says it in its own words. */
    private boolean sawFatalAlert() {
        return peerSaw != null
                && peerSaw.toLowerCase(Locale.ROOT).replace('_', ' ').contains("internal error");
    }

    String policyName() {
        return Converters.nameOf(policy);
    }

    /** The form of {@code --json}. */
    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("policy", policyName());
        fields.put("sealed", EngineReport.shares(sealedBy));
        fields.put("reported", reported);
        fields.put("error", error);
        fields.put("begun", begun);
        fields.put("peer_saw", peerSaw);
        fields.put("received", received);
        fields.put("whole", whole);
        fields.put("equal", equal);
        fields.put("as_promised", asPromised());
        return fields;
    }

    /** Lines for a person. */
    List<String> toLines() {
        String head = protocol + ", " + policyName() + ": ";
        String shares =
                sealedBy.stream()
                        .map(
                                share ->
                                        String.format(
                                                Locale.ROOT,
                                                "%,d records by %s",
                                                share.records(),
                                                share.engine()))
                        .collect(Collectors.joining(", "));
        String arrived =
                String.format(
                        Locale.ROOT,
                        "%,d bytes arrived, %s; %s",
                        received,
                        !equal
                                ? "NOT WHAT WAS SENT"
                                : whole ? "the whole file" : "exactly what the file begins with",
                        shares);
        return error == null
                ? List.of(head + arrived, "    reported: " + reported)
                : List.of(
                        head + "stopped; " + arrived,
                        "    SSL_write: " + error,
                        "    the peer saw: "
                                + (peerSaw == null ? "nothing" : peerSaw)
                                + (begun ? " (no alert: the record had been begun)" : ""));
    }
}
