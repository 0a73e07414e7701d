/**
 * What a client sends, byte by byte.
 *
 * @module
 */

import { MAX_HEADER_BYTES } from "../../accio/protocol.ts";
import { Unmet } from "../case.ts";
import { type Lab, REPLY_LIMIT } from "../lab.ts";
import type { Peer } from "../peer.ts";
import { readable } from "../readable.ts";

/** For this part of the allowed silence is looked whether a client sends too early. */
const QUIET = 0.15;

/**
 * Waits a while in which nothing may come.
 *
 * @throws {Unmet} when something does
 */
export async function expectQuiet({ setup }: Lab, peer: Peer, when: string): Promise<void> {
  await peer.until(() => peer.held().length > 0, QUIET * setup.silence);
  if (peer.held().length === 0) return;
  throw new Unmet({
    expected: `nothing from the client ${when}`,
    came: `it sent ${readable(peer.held())}`,
    advice:
      'Collect what recv returns until it ends with b"accio\\r\\n", and send the first byte only then.',
  });
}

/**
 * Waits for exactly these bytes, and takes them.
 *
 * @throws {Unmet} when others come, or too few
 */
export async function expectBytes(peer: Peer, bytes: Uint8Array, what: string): Promise<void> {
  const came = () => peer.held().subarray(0, bytes.length);
  const differs = () => came().some((byte, i) => byte !== bytes[i]);
  const isWhole = () => came().length === bytes.length;
  await peer.until(() => isWhole() || differs() || peer.state !== "open", REPLY_LIMIT);
  if (isWhole() && !differs()) {
    peer.take();
    return;
  }
  throw new Unmet({
    expected: `${what}, ${readable(bytes)}`,
    came: `${readable(peer.held())} came`,
    advice:
      "Compare byte by byte: the words in lower case, \\r\\n where it belongs, no quotes, nothing before.",
  });
}

/**
 * Waits for the header block of a file of so many bytes.
 *
 * @throws {Unmet} when anything else comes
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
      `Content-Disposition: attachment; filename="…", Content-Type: application/octet-stream and Content-Length: ${length}, each with \\r\\n, then \\r\\n`,
    came: `${readable(new TextEncoder().encode(block), 300)} came`,
    advice: "Send exactly these three lines in this order; the length is the file's, in bytes.",
  });
}
