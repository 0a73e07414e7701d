import type { Connection } from "../net/connection.ts";
import { connectionSink, connectionSource } from "../net/streams.ts";

/**
 * Returns every byte to its sender, in order, and resolves with their number.
 * Nothing more is read before what was read is on its way back, so a client
 * that does not read its answers is not read either. Once the client has closed
 * its side and everything is answered, so is ours.
 *
 * Rejects when the client has reset the connection, and on a shutdown.
 */
export async function echo(connection: Connection): Promise<number> {
  const { signal } = connection;
  await connectionSource(connection).pipeTo(connectionSink(connection), { signal });
  return connection.received;
}
