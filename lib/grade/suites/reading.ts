import { Unmet } from "../finding.ts";
import type { Lab } from "../lab.ts";
import { REPLY_LIMIT } from "../limits.ts";
import type { Ends } from "../network.ts";
import type { Peer } from "../peer.ts";
import { inSeconds } from "../readable.ts";
import { eventually } from "../waiting.ts";

/** Waits until the program has read all bytes that a peer sent to it. */
export async function expectRead({ network }: Lab, peer: Peer): Promise<void> {
  const isOver = ({ own }: Ends) =>
    peer.state === "reset" || peer.state === "closed" && own === undefined;
  // A close with unread bytes, or before they arrive, resets the connection: our end is gone then.
  const isRead = ({ own, its }: Ends) =>
    own?.unsent === 0 && (peer.state === "closed" || its?.unread === 0);
  const check = () => network.ends(peer);
  const ends = await eventually(REPLY_LIMIT, check, (ends) => isRead(ends) || isOver(ends));
  if (isRead(ends)) return;
  throw new Unmet({
    expected: "the program to receive the bytes that were sent",
    got: isOver(ends)
      ? "a connection that was reset"
      : `they were still waiting in its socket after ${inSeconds(REPLY_LIMIT)}`,
    advice: isOver(ends)
      ? "Receive in a loop until recv() returns no bytes; only then close the connection."
      : "Call recv() on the connection in a loop after the greeting.",
  });
}
