/**
 * A connection as streams, to be piped.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** What comes from the peer, until it closes its side. */
export class ConnectionSource implements UnderlyingDefaultSource<Uint8Array> {
  /** How many bytes have come. */
  size = 0;
  /** Each chunk is valid until the next one is asked for. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.readable = new ReadableStream(this, { highWaterMark: 0 });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const bytes = await this.#connection.read();
    if (bytes === undefined) return controller.close();
    this.size += bytes.length;
    controller.enqueue(bytes);
  }
}

/** Takes bytes to the peer, as fast as it takes them. To close it is to half-close the connection. */
export function connectionSink(connection: Connection): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => connection.write(bytes),
    close: () => connection.closeWrite(),
  });
}
