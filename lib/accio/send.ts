/**
 * Sending a file: the client's side of the handshake, then the bytes.
 *
 * @module
 */

import { type Connection, IdleTimeout } from "../net/connection.ts";
import { deliver } from "../net/deliver.ts";
import { inTime } from "../net/in_time.ts";
import { ClientHandshake, type FileHeader } from "./protocol.ts";

/** The server did not greet in time, or closed before its greeting. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

/** The file no longer has the length that was promised to the server. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";

  constructor() {
    super("the file's length changed while it was sent");
  }
}

/** Edition and limits of sending. */
export interface SendOptions {
  /** The edition; for the headers edition, the content of the header block. */
  readonly edition: "plain" | "confirm" | FileHeader;
  /** The longest wait for each greeting, and for the close at the end, in milliseconds. */
  readonly timeout: number;
  /** Called with the number of bytes handed to the network since the last call. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Sends a file and resolves once the server has closed the connection cleanly after the last byte.
 *
 * Also rejects as {@linkcode deliver}.
 *
 * @throws {ServerError} if the server does not greet in time
 * @throws {ProtocolError} if it sends anything but a greeting
 * @throws {FileChanged} if the file does not have the promised length
 */
export async function send(
  connection: Connection,
  file: AsyncIterable<Uint8Array>,
  { edition, timeout, onProgress }: SendOptions,
): Promise<void> {
  await shakeHands(connection, new ClientHandshake(edition), timeout);
  const promised = typeof edition === "object" ? edition.length : undefined;
  await deliver(connection, inFull(file, promised, onProgress), { what: "file", timeout });
}

/** Answers each greeting; each must arrive within `timeout` ms. */
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
      // After complete silence both timeouts end at the same moment.
      throw error instanceof IdleTimeout ? late : error;
    });
    await connection.write(reply);
  }
}

/** The file's bytes. Fails if their number is not the one that was promised. */
async function* inFull(
  file: AsyncIterable<Uint8Array>,
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
