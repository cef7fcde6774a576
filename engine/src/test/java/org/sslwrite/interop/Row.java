package org.sslwrite.interop;

import java.util.List;

/**
 * One connection: what both sides are told to do, and what must come of it.
 *
 * @param name unique, with the tool's at its front
 */
public record Row(String name, Tool tool, PeerSetup peer, OurSetup ours, Scenario scenario) {
    /** What happens on the connection; throws where something else happens. */
    public interface Scenario {
        void run(OurSide ours, Peer peer) throws Exception;
    }

    /** A row whose name is made of the tool's and these. */
    public static Row of(
            Tool tool, List<String> names, PeerSetup peer, OurSetup ours, Scenario scenario) {
        return new Row(
                tool.label() + " · " + String.join(" · ", names), tool, peer, ours, scenario);
    }
}
