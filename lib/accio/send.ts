/**
 * A file on its way to a server: the handshake on the client's side, and then
 * the file's bytes.
 *
 * @module
 */

import { type Connection, IdleTimeout } from "../net/connection.ts";
import { deliver } from "../net/deliver.ts";
import { inTime } from "../net/in_time.ts";
import { ClientHandshake, type FileHeader } from "./protocol.ts";

/** The server did not greet in time, or closed before it had greeted. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

/** The file has not the length any more that was promised to the server. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";

  constructor() {
    super("the file's length changed while it was sent");
  }
}

/** How a file is sent. */
export interface SendOptions {
  /** The edition; for the headers edition, what the header block tells. */
  readonly edition: "plain" | "confirm" | FileHeader;
  /** How long each greeting, and the close at the end, may take, in milliseconds. */
  readonly timeout: number;
  /** Told how many bytes were handed to the network since it was told last. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Sends a file, and resolves once the server has closed the connection cleanly
 * after the last byte.
 *
 * Also rejects as {@linkcode deliver}.
 *
 * @throws {ServerError} when the server does not greet in time
 * @throws {ProtocolError} when what it sends is no greeting
 * @throws {FileChanged} when the file has not the length that was promised
 */
export async function send(
  connection: Connection,
  file: ReadableStream<Uint8Array>,
  { edition, timeout, onProgress }: SendOptions,
): Promise<void> {
  await shakeHands(connection, new ClientHandshake(edition), timeout);
  const promised = typeof edition === "object" ? edition.length : undefined;
  await deliver(connection, inFull(file, promised, onProgress), { what: "file", timeout });
}

/** Answers each greeting; every one has to be there within `timeout` ms. */
async function shakeHands(
  connection: Connection,
  handshake: ClientHandshake,
  timeout: number,
): Promise<void> {
  const late = new ServerError(`the server did not greet within ${timeout / 1000} seconds`);
  for (let ready = false; !ready;) {
    const reply = await inTime(connection, timeout, late, async () => {
      for (;;) {
        const bytes = await connection.read();
        if (bytes === undefined) {
          throw new ServerError("the server closed the connection before its greeting");
        }
        const step = handshake.receive(bytes);
        ready = step.ready;
        if (ready || step.reply.length > 0) return step.reply;
      }
    }).catch((error) => {
      // Its whole part in silence: both timeouts end at the same moment.
      throw error instanceof IdleTimeout ? late : error;
    });
    await connection.write(reply);
  }
}

/** The file's bytes; where their number was promised, it keeps the promise or fails. */
async function* inFull(
  file: ReadableStream<Uint8Array>,
  promised: number | undefined,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const bytes of file) {
    total += bytes.length;
    if (promised !== undefined && total > promised) throw new FileChanged();
    yield bytes;
    onProgress(bytes.length);
  }
  if (promised !== undefined && total < promised) throw new FileChanged();
}
