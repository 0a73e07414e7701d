/**
 * The instructor's client: sends a file to the server under test step by step, and reports the
 * step at which the server fails. Every function throws {@linkcode Unmet} if it does.
 *
 * @module
 */

import {
  ClientHandshake,
  CONFIRMATION,
  CRLF,
  GREETING,
  SECOND_CONFIRMATION,
} from "../accio/protocol.ts";
import { join } from "./bytes.ts";
import { expectBytes } from "./expectations.ts";
import { Unmet } from "./finding.ts";
import type { Lab } from "./lab.ts";
import { FIRST_PIECE } from "./material.ts";
import type { Route } from "./network.ts";
import { type Peer, Stalled } from "./peer.ts";
import { count, inSeconds, readable } from "./readable.ts";
import { eventually } from "./waiting.ts";

/** The file's name in the headers edition. */
const FILE_NAME = "upload.bin";
/** How long the server may stop receiving, in milliseconds. */
const STALL_LIMIT = 10_000;
/** Interval between checks that the server is receiving, in milliseconds. */
const POLL = 1_000;
/** How long a server that takes the first bytes for the whole file gets to close, in milliseconds. */
const PAUSE = 300;
const CHUNK = 65536;
const RESET_ADVICE =
  "Closing a socket with unread bytes resets the connection: receive until recv() returns no bytes, then close. A crash also resets it: look at stderr.";

/** Waits for the greeting on a new connection. */
export async function awaitGreeting(peer: Peer): Promise<void> {
  await awaitGreetings(peer, 1);
}

async function awaitGreetings(peer: Peer, number: number): Promise<void> {
  const what = number === 1 ? "the greeting" : "the second greeting";
  await expectBytes(peer, GREETING, what, (differs) => {
    if (differs) {
      return 'The greeting is exactly these seven bytes, in lower case, ending with \\r and \\n: b"accio\\r\\n".';
    }
    if (number === 1) return 'Send b"accio\\r\\n" as soon as accept() returns the connection.';
    return `After the client's ${readable(CONFIRMATION)} send b"accio\\r\\n" a second time. ` +
      `Collect what recv() returns until the whole confirmation is there, then expect ${
        readable(SECOND_CONFIRMATION)
      } and a blank line ${readable(CRLF)}.`;
  });
}

/** Completes the handshake, and leaves the connection open before the file. */
export async function makeHandshake(lab: Lab, peer: Peer, size: number): Promise<void> {
  await send(lab, peer, await beginHandshake(lab, peer, size), 0, size);
}

/** How to send a file. */
export interface Delivery {
  /** The name of the transfer in reports. */
  readonly name?: string;
  /**
   * Whether to send a small file in one segment. Otherwise, its first bytes come with the last
   * ones of the handshake, and the rest after a pause.
   */
  readonly inOnePiece?: boolean;
  /**
   * Whether the result is there, so that there is no need to wait for the server to close the
   * connection. Without it, the result is that the server has received everything.
   */
  readonly isDone?: () => boolean | Promise<boolean>;
}

/** Sends a file over a connection, and waits for the result or for the server to close it. */
export async function upload(
  lab: Lab,
  peer: Peer,
  content: Uint8Array,
  { name = "instructor's client", inOnePiece = false, isDone }: Delivery = {},
): Promise<void> {
  const transfer = lab.record(name, content.length);
  const handshake = await beginHandshake(lab, peer, content.length);
  const first = inOnePiece ? CHUNK : FIRST_PIECE;
  for (let at = 0, end = first; at === 0 || at < content.length; at = end, end += CHUNK) {
    if (at === first && content.length <= CHUNK) await pause(lab, peer);
    if (at > 0 && peer.state === "closed") throw closedEarly(at, content.length);
    const chunk = content.subarray(at, end);
    const bytes = at === 0 ? join(handshake, chunk) : chunk;
    await send(lab, peer, bytes, at, content.length);
    transfer.add(chunk.length);
  }
  // A server that closes before the last bytes arrive resets the connection: our end is gone then.
  const { own } = await eventually(
    PAUSE,
    () => lab.network.ends(peer),
    ({ own }) => own !== undefined,
  );
  if (own === undefined) throw wasReset(content.length, content.length);
  await finish(lab, peer, content.length, isDone);
}

/** Waits until the server has received what was sent, and a moment longer. */
async function pause({ network }: Lab, peer: Peer): Promise<void> {
  await eventually(
    STALL_LIMIT,
    () => network.ends(peer),
    ({ own, its }) => peer.state !== "open" || own?.unsent === 0 && its?.unread === 0,
  );
  await peer.untilEnd(PAUSE);
}

/** Answers all greetings but the last. Returns the last answer, for the file to follow directly. */
async function beginHandshake(lab: Lab, peer: Peer, size: number): Promise<Uint8Array> {
  const { edition } = lab.setup;
  const handshake = new ClientHandshake(
    edition === "headers" ? { name: FILE_NAME, length: size } : edition,
  );
  for (let greetings = 1;; greetings++) {
    await awaitGreetings(peer, greetings);
    const { reply, ready } = handshake.receive(peer.take(GREETING.length));
    if (ready) return reply;
    await send(lab, peer, reply, 0, size);
  }
}

async function send(
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
      got: `it received about ${count(at, "byte")}, then nothing for ${inSeconds(STALL_LIMIT)}`,
      advice: "Call recv() in a loop until it returns no bytes.",
    });
  }
}

/** Whether bytes move, although our own buffer is still full: a link or the server is just slow. */
async function isMoving(lab: Lab, peer: Peer): Promise<boolean> {
  const before = await lab.network.traffic();
  await peer.untilEnd(POLL);
  return await lab.network.traffic() !== before;
}

/** Closes the sending side, and waits for the result or for the server to close the connection. */
async function finish(
  { network }: Lab,
  peer: Peer,
  size: number,
  isDone: Delivery["isDone"],
): Promise<void> {
  const hasReceivedAll = () => network.hasReceivedAll(peer);
  const hasResult = isDone ?? hasReceivedAll;
  await peer.finish().catch(() => {});
  // A slow server has yet to receive the bytes in buffers and on the link.
  let before = "";
  for (let idle = 0; idle < STALL_LIMIT && !await peer.untilEnd(POLL) && !await hasResult();) {
    const traffic = await network.traffic();
    idle = traffic === before ? idle + POLL : 0;
    before = traffic;
  }
  if (peer.state === "reset") throw wasReset(size, size);
  if (peer.state === "closed" || await hasResult() || await hasReceivedAll()) return;
  throw new Unmet({
    expected: `the server to receive all ${count(size, "byte")}`,
    got: `the last ones were still waiting in its socket after ${inSeconds(STALL_LIMIT)}`,
    advice: "Call recv() in a loop until it returns no bytes.",
  });
}

/** Waits for the server to close a connection after a file. */
export async function expectClose(peer: Peer): Promise<void> {
  if (await peer.untilEnd(STALL_LIMIT)) return;
  throw new Unmet({
    expected: "the server to close the connection after the client has closed its side",
    got: `it was still open ${inSeconds(STALL_LIMIT)} later`,
    advice:
      "When recv() returns no bytes, the client has finished: leave the loop and close the connection.",
  });
}

function closedEarly(at: number, size: number): Unmet {
  return new Unmet({
    expected: `the server to receive all ${count(size, "byte")}`,
    got: `it closed the connection after about ${count(at, "byte")} of the file`,
    advice:
      "One recv() returns what has arrived so far: call it in a loop until it returns no bytes, and only then close. A newline does not end a file.",
  });
}

function wasReset(at: number, size: number): Unmet {
  return new Unmet({
    expected: `the server to receive all ${count(size, "byte")} and close the connection`,
    got: `it reset the connection after ${count(at, "byte")} of the file`,
    advice: RESET_ADVICE,
  });
}

/** Checks that the server reset no connection behind a bad link, where a reset looks like a close. */
export function expectNoReset({ serverResets }: Route): void {
  if (serverResets === 0) return;
  throw new Unmet({
    expected: "the server to receive all bytes and close the connection",
    got: "it reset or refused the connection",
    advice: RESET_ADVICE,
  });
}
