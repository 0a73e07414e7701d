/**
 * A connection as streams, to be piped.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/**
 * What comes from the peer, until it closes its side. Each chunk is valid until the next one
 * is asked for.
 */
export function connectionSource(connection: Connection): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = await connection.read();
      if (bytes === undefined) controller.close();
      else controller.enqueue(bytes);
    },
  }, { highWaterMark: 0 });
}

/** Takes bytes to the peer, as fast as it takes them. To close it is to half-close the connection. */
export function connectionSink(connection: Connection): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => connection.write(bytes),
    close: () => connection.closeWrite(),
  });
}
