/**
 * A file on its way to a server: the handshake on the client's side, and then
 * the file's bytes.
 *
 * @module
 */

import { type Connection, IdleTimeout } from "../net/connection.ts";
import { inTime } from "../net/in_time.ts";
import { ClientHandshake, type FileHeader } from "./protocol.ts";

/** The server did not do its part in time, or closed too early. */
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
 * @throws {ServerError} when the server does not greet or close in time
 * @throws {ProtocolError} when what it sends is no greeting
 */
export async function send(
  connection: Connection,
  file: ReadableStream<Uint8Array>,
  { edition, timeout, onProgress }: SendOptions,
): Promise<void> {
  const handshake = new ClientHandshake(edition);
  for (let ready = false; !ready;) {
    const reply = await within(timeout, connection, "greet", async () => {
      for (;;) {
        const bytes = await connection.read();
        if (bytes === undefined) {
          throw new ServerError(
            "the server closed the connection before its greeting",
          );
        }
        const step = handshake.receive(bytes);
        ready = step.ready;
        if (ready || step.reply.length > 0) return step.reply;
      }
    });
    await connection.write(reply);
  }
  const sink = new ConnectionSink(connection, edition, onProgress);
  await file.pipeTo(new WritableStream(sink), { signal: connection.signal });
  await within(timeout, connection, "close the connection", async () => {
    while (await connection.read() !== undefined);
  });
}

/** Takes the file to the server; where its length was promised, it keeps the promise or fails. */
class ConnectionSink implements UnderlyingSink<Uint8Array> {
  readonly #connection: Connection;
  readonly #promised: number | undefined;
  readonly #onProgress: (bytes: number) => void;
  #sent = 0;

  constructor(
    connection: Connection,
    edition: SendOptions["edition"],
    onProgress: (bytes: number) => void,
  ) {
    this.#connection = connection;
    this.#promised = typeof edition === "object" ? edition.length : undefined;
    this.#onProgress = onProgress;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#sent += bytes.length;
    if (this.#promised !== undefined && this.#sent > this.#promised) {
      throw new FileChanged();
    }
    await this.#connection.write(bytes);
    this.#onProgress(bytes.length);
  }

  async close(): Promise<void> {
    if (this.#promised !== undefined && this.#sent < this.#promised) {
      throw new FileChanged();
    }
    await this.#connection.closeWrite();
  }
}

/** Ends the connection when the server has not done its part within `timeout` ms. */
async function within<T>(
  timeout: number,
  connection: Connection,
  part: string,
  act: () => Promise<T>,
): Promise<T> {
  const late = new ServerError(`the server did not ${part} within ${timeout / 1000} seconds`);
  try {
    return await inTime(connection, timeout, late, act);
  } catch (error) {
    // Its whole part in silence: both timeouts end at the same moment.
    throw error instanceof IdleTimeout ? late : error;
  }
}
