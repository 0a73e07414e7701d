import type { Connection } from "../net/connection.ts";
import { connectionSink, ConnectionSource } from "../net/streams.ts";

/**
 * Returns every byte to its sender, in order, and resolves with their number.
 * Nothing more is read before what was read is on its way back, so a client
 * that does not read its answers is not read either. Once the client has closed
 * its side and everything is answered, the connection is closed.
 *
 * Rejects when the client has reset the connection, and on a shutdown.
 */
export async function echo(connection: Connection): Promise<number> {
  using _ = connection;
  const source = new ConnectionSource(connection);
  await source.readable.pipeTo(connectionSink(connection), { signal: connection.signal });
  return source.size;
}
