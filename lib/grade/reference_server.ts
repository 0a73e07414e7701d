/**
 * The instructor's server: it receives one file from the client under test, and
 * says what the client did wrong.
 *
 * @module
 */

import { GREETING, ProtocolError, ServerHandshake } from "../accio/protocol.ts";
import { Unmet } from "./case.ts";
import type { Lab } from "./lab.ts";
import type { Peer } from "./peer.ts";
import type { ProcessUnderTest } from "./process.ts";
import { count, inSeconds, readable } from "./readable.ts";
import { within } from "./within.ts";

/** How long the client may send nothing, in milliseconds. */
const SILENCE_LIMIT = 12_000;

/**
 * Waits for the client to connect.
 *
 * @throws {Unmet} when it does not within `limit` ms
 */
export async function acceptClient(
  lab: Lab,
  listener: Deno.TcpListener,
  process: ProcessUnderTest,
  limit: number,
): Promise<Peer> {
  const accepted = lab.accept(listener, limit);
  await Promise.race([accepted, process.ended]);
  // A client may connect and end at once.
  const peer = process.exitStatus === undefined ? await accepted : await within(100, accepted);
  if (peer !== undefined) return peer;
  throw new Unmet({
    expected: "the client to connect to the server",
    came: process.exitStatus === undefined
      ? `it did not within ${inSeconds(limit)}`
      : `it ended before that: ${process.fate}`,
    advice: "Create a TCP socket and connect it to HOST and PORT as the command line has them.",
  });
}

/**
 * Greets the client, and receives until it closes or resets the connection;
 * returns the file's bytes.
 *
 * @param onFile told when the first byte of the file has come, with a time
 * (`performance.now()`) at which it had not been sent yet
 * @throws {Unmet} when the client breaks the protocol, or stops sending
 */
export async function receiveFile(
  lab: Lab,
  peer: Peer,
  size: number,
  onFile: (notBefore: number) => void = () => {},
): Promise<Uint8Array> {
  const transfer = lab.record("reference server", size);
  const handshake = new ServerHandshake(lab.setup.edition);
  const parts: Uint8Array[] = [];
  let total = 0;
  let repliedAt = performance.now();
  const add = (file: Uint8Array) => {
    if (file.length === 0) return;
    if (total === 0) onFile(repliedAt);
    parts.push(file);
    total += file.length;
    transfer.add(file.length);
  };
  await reply(peer, GREETING);
  for (;;) {
    await peer.until(() => peer.held().length > 0 || peer.state !== "open", SILENCE_LIMIT);
    const bytes = peer.take();
    if (bytes.length > 0) {
      const step = receive(handshake, bytes);
      if (step.reply.length > 0) {
        repliedAt = performance.now();
        await reply(peer, step.reply);
      }
      add(step.file);
    } else if (peer.state === "open") {
      throw new Unmet({
        expected: "the client to send its file and close the connection",
        came: `after ${count(total, "byte")} of the file nothing came for ${
          inSeconds(SILENCE_LIMIT)
        }`,
        advice:
          "Answer each greeting at once, send all of the file, and close the socket after its last byte. The greeting may come in pieces: collect them.",
      });
    } else {
      if (peer.state === "closed") add(close(handshake));
      return await new Blob(parts.map((part) => new Uint8Array(part))).bytes();
    }
  }
}

async function reply(peer: Peer, bytes: Uint8Array): Promise<void> {
  // A client that is gone is noticed when nothing comes from it.
  await peer.send(bytes, SILENCE_LIMIT).catch(() => {});
}

function receive(
  handshake: ServerHandshake,
  bytes: Uint8Array,
): ReturnType<ServerHandshake["receive"]> {
  return told(() => handshake.receive(bytes), `${readable(bytes, 100)} came`);
}

function close(handshake: ServerHandshake): Uint8Array {
  return told(() => handshake.close(), "the client closed the connection");
}

function told<T>(step: () => T, came: string): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new Unmet({
      expected: "the handshake, then the file, then the close",
      came: `${came}: ${error.message}`,
      advice:
        "Send each confirmation (or the header block) exactly, only after its greeting, and close only after the whole file.",
    });
  }
}
