/**
 * The client's side of a one-way transfer: it sends everything to a server, which only closes the
 * connection after the last byte.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { inTime } from "./in_time.ts";

/** The server closed the connection too early, or it was lost. */
export class ClosedEarly extends Error {
  override readonly name = "ClosedEarly";

  /**
   * @param what what was to be sent: `file`
   * @param sent number of its bytes that were handed to the network
   * @param cause why the connection was lost, unless the server closed it cleanly
   */
  constructor(what: string, sent: number, cause?: unknown) {
    const end = cause === undefined
      ? "the server closed the connection"
      : "the connection was lost";
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    super(`${end} before the whole ${what} was sent (bytes sent: ${sent})${reason}`, { cause });
  }
}

/** The server kept the connection open for too long after the last byte. */
export class NotClosed extends Error {
  override readonly name = "NotClosed";

  /** @param timeout in milliseconds */
  constructor(timeout: number) {
    super(`the server did not close the connection within ${timeout / 1000} seconds`);
  }
}

/** Name and limits of a delivery. */
export interface DeliverOptions {
  /** What is sent, for messages: `file`. */
  readonly what: string;
  /** The longest wait for the server's close after the last byte, in milliseconds. */
  readonly timeout: number;
  /** Called when the last byte was handed to the network. */
  readonly onSent?: () => void;
}

/**
 * Time (ms) after the server's close in which the last write and the end of the source may still be
 * noticed: all may happen at the same moment, in any order.
 */
const GRACE = 250;

/**
 * Sends everything, half-closes the connection, and resolves once the server has closed it
 * cleanly after that. The server is watched meanwhile, even while there is nothing to send; whatever
 * it sends is discarded. Each chunk has been handed to the network when the next one is requested.
 *
 * Also rejects as the source does, and as {@linkcode Connection.write}.
 *
 * @throws {ClosedEarly} if the connection ends before everything was sent
 * @throws {NotClosed} if the server does not close in time
 */
export async function deliver(
  connection: Connection,
  source: AsyncIterable<Uint8Array>,
  { what, timeout, onSent }: DeliverOptions,
): Promise<void> {
  let sent = 0;
  let isWhole = false;
  let isClosed = false;
  let grace: ReturnType<typeof setTimeout> | undefined;
  const early = (cause?: unknown) => new ClosedEarly(what, sent, cause);
  const closed = connection.drain();
  closed.then(() => {
    isClosed = true;
    if (!isWhole) grace = setTimeout(() => connection.abort(early()), GRACE);
  }, (error) => isWhole || connection.abort(early(error)));
  try {
    const chunks = source[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await connection.orAborted(chunks.next());
      if (done) break;
      if (isClosed) throw early();
      await connection.write(value);
      sent += value.length;
    }
    isWhole = true;
    await connection.closeWrite();
  } catch (error) {
    throw isLoss(error) ? early(error) : error;
  } finally {
    clearTimeout(grace);
  }
  onSent?.();
  await inTime(connection, timeout, new NotClosed(timeout), () => closed);
}

/** Whether an error means that the connection is lost. */
function isLoss(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.BrokenPipe;
}
