import type { Connection } from "../net/connection.ts";

/**
 * Returns every byte to its sender, in order, and resolves with their number. Bytes are read only
 * after the ones before were sent back: a client that does not read its answers is not read either.
 * Once the client has closed its side, so do we.
 *
 * Rejects if the connection is reset or aborted.
 */
export async function echo(connection: Connection): Promise<number> {
  for (let bytes; (bytes = await connection.read()) !== undefined;) await connection.write(bytes);
  await connection.closeWrite();
  return connection.received;
}
