/**
 * The instructor's server: receives one file from the client under test, and reports what the
 * client does wrong.
 *
 * @module
 */

import { GREETING, ProtocolError, ServerHandshake } from "../accio/protocol.ts";
import { join } from "./bytes.ts";
import { Unmet } from "./finding.ts";
import type { Lab } from "./lab.ts";
import type { Peer } from "./peer.ts";
import type { ProcessUnderTest } from "./processes.ts";
import { count, inSeconds, readable } from "./readable.ts";
import { within } from "./waiting.ts";

/** How long the client may send nothing, in milliseconds. */
const SILENCE_LIMIT = 12_000;

/**
 * Waits for the client to connect.
 *
 * @throws {Unmet} if it does not within `limit` ms
 */
export async function acceptClient(
  lab: Lab,
  listener: Deno.TcpListener,
  client: ProcessUnderTest,
  limit: number,
): Promise<Peer> {
  const accepted = lab.network.accept(listener, limit);
  await Promise.race([accepted, client.ended]);
  // A client may connect and end at once.
  const peer = client.exitStatus === undefined ? await accepted : await within(100, accepted);
  if (peer !== undefined) return peer;
  throw new Unmet({
    expected: "the client to connect to the server",
    got: client.exitStatus === undefined
      ? `no connection within ${inSeconds(limit)}`
      : `it ended before that: ${client.fate}`,
    advice: "Create a TCP socket, and connect it to HOST and PORT from the command line.",
  });
}

/**
 * Greets the client, and receives until it closes or resets the connection. Returns the bytes
 * of the file.
 *
 * @param onFile called when the file's first bytes have arrived
 * @throws {Unmet} if the client breaks the protocol or stops sending
 */
export async function receiveFile(
  lab: Lab,
  peer: Peer,
  size: number,
  onFile: () => void = () => {},
): Promise<Uint8Array> {
  const transfer = lab.record("reference server", size);
  const handshake = new ServerHandshake(lab.setup.edition);
  const parts: Uint8Array[] = [];
  let total = 0;
  const reply = async (bytes: Uint8Array) => {
    // If the client has gone, reading will show it.
    await peer.send(bytes, SILENCE_LIMIT).catch(() => {});
  };
  const add = (file: Uint8Array) => {
    if (file.length === 0) return;
    if (total === 0) onFile();
    parts.push(file);
    total += file.length;
    transfer.add(file.length);
  };
  await reply(GREETING);
  for (;;) {
    await peer.until(() => peer.held().length > 0 || peer.state !== "open", SILENCE_LIMIT);
    const bytes = peer.take();
    if (bytes.length > 0) {
      const step = explained(() => handshake.receive(bytes), readable(bytes, 100));
      if (step.reply.length > 0) await reply(step.reply);
      add(step.file);
    } else if (peer.state === "open") {
      throw new Unmet({
        expected: "the client to send its file and close the connection",
        got: `nothing for ${inSeconds(SILENCE_LIMIT)}, after ${count(total, "byte")} of the file`,
        advice:
          "Answer each greeting at once, send the whole file, and close the socket after its last byte. A greeting may arrive in pieces: collect them.",
      });
    } else {
      if (peer.state === "closed") add(explained(() => handshake.close(), "a close"));
      return join(...parts);
    }
  }
}

/** Turns a violation of the protocol into a finding. */
function explained<T>(step: () => T, got: string): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new Unmet({
      expected: "the handshake, then the file, then a close",
      got: `${got}: ${error.message}`,
      advice:
        "Send each confirmation (or the header block) exactly as specified and only after its greeting, and close only after the whole file.",
    });
  }
}
