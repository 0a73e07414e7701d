import type { Connection } from "./connection.ts";

/** Everything that the peer sends until it closes its side. Each chunk is valid until the next one is requested. */
export function connectionSource(connection: Connection): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = await connection.read();
      if (bytes === undefined) controller.close();
      else controller.enqueue(bytes);
    },
  }, { highWaterMark: 0 });
}
