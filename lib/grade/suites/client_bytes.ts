import { MAX_HEADER_BYTES } from "../../accio/protocol.ts";
import { Unmet } from "../finding.ts";
import type { Lab } from "../lab.ts";
import { REPLY_LIMIT } from "../limits.ts";
import type { Peer } from "../peer.ts";
import { readable } from "../readable.ts";

/** How long to watch for bytes sent too early, as a fraction of the permitted silence. */
const QUIET = 0.15;

/**
 * Waits a while in which the client must send nothing.
 *
 * @throws {Unmet} if it does
 */
export async function expectQuiet({ setup }: Lab, peer: Peer, when: string): Promise<void> {
  await peer.until(() => peer.held().length > 0, QUIET * setup.silence);
  if (peer.held().length === 0) return;
  throw new Unmet({
    expected: `nothing from the client ${when}`,
    got: readable(peer.held()),
    advice:
      'Collect what recv() returns until it ends with b"accio\\r\\n"; only then send the first byte.',
  });
}

/**
 * Waits for the header block of a file with `length` bytes.
 *
 * @throws {Unmet} if the client sends anything else
 */
export async function expectHeader(peer: Peer, length: number): Promise<void> {
  const text = () => new TextDecoder("latin1").decode(peer.held().subarray(0, MAX_HEADER_BYTES));
  await peer.until(() => text().includes("\r\n\r\n") || peer.state !== "open", REPLY_LIMIT);
  const block = text().split("\r\n\r\n", 1).join("");
  const right = 'Content-Disposition: attachment; filename="[^\\r\\n]*"\\r\\n' +
    `Content-Type: application/octet-stream\\r\\nContent-Length: ${length}`;
  if (new RegExp(`^${right}$`).test(block)) return;
  throw new Unmet({
    expected:
      `Content-Disposition: attachment; filename="…", Content-Type: application/octet-stream and Content-Length: ${length}, each followed by \\r\\n, then \\r\\n`,
    got: readable(block, 300),
    advice:
      "Send exactly these three lines in this order; the length is that of the file in bytes.",
  });
}
