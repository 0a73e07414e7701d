/**
 * The instructor's client: it sends a file to the server under test, one step
 * after another, and says which step the server did not take.
 *
 * @module
 */

import {
  ClientHandshake,
  CONFIRMATION,
  CRLF,
  GREETING,
  ProtocolError,
  SECOND_CONFIRMATION,
} from "../accio/protocol.ts";
import { Unmet } from "./case.ts";
import { type Lab, REPLY_LIMIT } from "./lab.ts";
import type { Link } from "../link/link.ts";
import { type Peer, Stalled } from "./peer.ts";
import { count, inSeconds, readable } from "./readable.ts";

/** The name that the headers edition gives to the file. */
const FILE_NAME = "upload.bin";
/** How long the server may take no bytes in the middle of a file, in milliseconds. */
const STALL_LIMIT = 10_000;
/** How often is looked whether the server still receives, in milliseconds. */
const CLOSE_POLL = 1_000;
/** So many bytes are sent together with the end of the handshake. */
const FIRST_PIECE = 256;
const RESET_ADVICE =
  "A socket that is closed before everything was received resets the connection: receive until recv returns no bytes, then close. A crash does the same: look at stderr.";

/**
 * Waits for the greeting on a new connection.
 *
 * @throws {Unmet} when it does not come
 */
export async function awaitGreeting(peer: Peer): Promise<void> {
  await awaitGreetings(peer, 1);
}

/**
 * The handshake's first half: everything up to what the client sends last before the
 * file. Returns that, for the file's first bytes to follow in the same segment.
 *
 * @throws {Unmet} when the server does not do its part
 */
async function beginHandshake(lab: Lab, peer: Peer, size: number): Promise<Uint8Array> {
  const { edition } = lab.setup;
  const handshake = new ClientHandshake(
    edition === "headers" ? { name: FILE_NAME, length: size } : edition,
  );
  for (let greetings = 1;; greetings++) {
    await awaitGreetings(peer, greetings);
    const { reply, ready } = receive(handshake, peer.take());
    if (ready) return reply;
    await sendOrFail(lab, peer, reply, 0, size);
  }
}

/**
 * Makes the handshake and leaves the connection open, before the file.
 *
 * @throws {Unmet} when the server does not do its part
 */
export async function makeHandshake(lab: Lab, peer: Peer, size: number): Promise<void> {
  await sendOrFail(lab, peer, await beginHandshake(lab, peer, size), 0, size);
}

/**
 * Sends a file over a connection, and waits until the server has closed it.
 *
 * @throws {Unmet} when the server does not take all of it, or does not close
 */
export async function upload(
  lab: Lab,
  peer: Peer,
  content: Uint8Array,
  name = "instructor's client",
): Promise<void> {
  const size = content.length;
  const transfer = lab.record(name, size);
  const handshake = await beginHandshake(lab, peer, size);
  const first = content.subarray(0, FIRST_PIECE);
  const joined = new Uint8Array(handshake.length + first.length);
  joined.set(handshake);
  joined.set(first, handshake.length);
  await sendOrFail(lab, peer, joined, 0, size);
  transfer.add(first.length);
  for (let at = first.length; at < size; at += 65536) {
    const piece = content.subarray(at, at + 65536);
    await sendOrFail(lab, peer, piece, at, size);
    transfer.add(piece.length);
  }
  await finish(lab, peer, size);
}

/** Says that the file is over, and waits for the server to close. */
async function finish(lab: Lab, peer: Peer, size: number): Promise<void> {
  await peer.finish().catch(() => {});
  // A slow server still has to receive what waits in buffers and on the link.
  let before = "";
  for (let last = performance.now(); performance.now() - last < STALL_LIMIT;) {
    if (await peer.until(() => peer.state !== "open", CLOSE_POLL)) break;
    const traffic = await lab.traffic();
    if (traffic !== before) last = performance.now();
    before = traffic;
  }
  if (peer.state === "reset") throw wasReset(size, size);
  if (peer.state === "open") {
    throw new Unmet({
      expected: "the server to close the connection once the client has closed its side",
      came: `it was still open ${inSeconds(STALL_LIMIT)} later`,
      advice:
        "When recv returns no bytes the client has finished: leave the loop and close the connection.",
    });
  }
}

async function sendOrFail(
  lab: Lab,
  peer: Peer,
  bytes: Uint8Array,
  at: number,
  size: number,
): Promise<void> {
  try {
    await peer.send(bytes, STALL_LIMIT, () => isMoving(lab, peer));
  } catch (error) {
    if (!(error instanceof Stalled)) throw wasReset(at, size);
    throw new Unmet({
      expected: `the server to receive all ${count(size, "byte")}`,
      came: `it took about ${count(at, "byte")} and then nothing for ${inSeconds(STALL_LIMIT)}`,
      advice: "Call recv in a loop until it returns no bytes.",
    });
  }
}

/** Whether the server, or a slow link, takes something, though not from the sender's full buffer yet. */
async function isMoving(lab: Lab, peer: Peer): Promise<boolean> {
  const before = await lab.traffic();
  await peer.until(() => peer.state !== "open", CLOSE_POLL);
  return await lab.traffic() !== before;
}

function wasReset(at: number, size: number): Unmet {
  return new Unmet({
    expected: `the server to receive all ${count(size, "byte")} and close the connection`,
    came: `it reset the connection when ${count(at, "byte")} of the file were sent`,
    advice: RESET_ADVICE,
  });
}

/**
 * Checks that the server has reset no connection behind a link, before which a close looks
 * the same.
 *
 * @throws {Unmet} when it has
 */
export function expectNoReset({ serverResets }: Link): void {
  if (serverResets === 0) return;
  throw new Unmet({
    expected: "the server to receive all bytes and close the connection",
    came: "it reset or refused the connection",
    advice: RESET_ADVICE,
  });
}

function receive(
  handshake: ClientHandshake,
  bytes: Uint8Array,
): ReturnType<ClientHandshake["receive"]> {
  try {
    return handshake.receive(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw notTheGreeting(bytes, 1);
  }
}

async function awaitGreetings(peer: Peer, number: number): Promise<void> {
  const isWhole = () => peer.held().length >= GREETING.length;
  const differs = () => {
    const bytes = peer.held();
    return bytes.some((byte, i) => i < GREETING.length && byte !== GREETING[i]);
  };
  await peer.until(() => isWhole() || differs() || peer.state !== "open", REPLY_LIMIT);
  if (differs()) throw notTheGreeting(peer.held(), number);
  if (isWhole()) return;
  const bytes = peer.held();
  const came = bytes.length === 0 ? "nothing came" : `only ${readable(bytes)} came`;
  const what = number === 1 ? "the greeting" : "the second greeting";
  throw new Unmet({
    expected: `${what} ${readable(GREETING)}`,
    came: peer.state === "open"
      ? `${came} within ${inSeconds(REPLY_LIMIT)}`
      : `${came} before the connection was ${peer.state}`,
    advice: number === 1
      ? 'Send b"accio\\r\\n" as soon as accept() has returned the connection.'
      : `After the client's ${readable(CONFIRMATION)} send b"accio\\r\\n" a second time; collect ` +
        `what recv returns until the whole confirmation is there, then expect ${
          readable(SECOND_CONFIRMATION)
        } and a blank line ${readable(CRLF)}.`,
  });
}

function notTheGreeting(bytes: Uint8Array, number: number): Unmet {
  return new Unmet({
    expected: `the ${number === 1 ? "" : "second "}greeting ${readable(GREETING)}`,
    came: `${readable(bytes)} came`,
    advice:
      'The greeting is these seven bytes exactly, in lower case, with \\r and \\n at the end: b"accio\\r\\n".',
  });
}
