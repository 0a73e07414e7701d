import type { Connection } from "../net/connection.ts";
import { inTime } from "../net/in_time.ts";
import { connectionSink } from "../net/streams.ts";

/** The server has kept the connection open for too long after the message. */
export class NotClosed extends Error {
  override readonly name = "NotClosed";

  /** @param timeout in milliseconds */
  constructor(timeout: number) {
    super(`the server did not close the connection within ${timeout / 1000} seconds`);
  }
}

/** How a message is sent. */
export interface SendOptions {
  /** How long the server may take to close the connection after the message, in milliseconds. */
  readonly timeout: number;
  /** Told when the server has not closed the connection {@linkcode PATIENCE} ms after the message. */
  readonly onWait: () => void;
}

/** After which silence a person wonders what is going on, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Sends a message, half-closes the connection, and resolves once the server has
 * closed its side too. What the server sends is not looked at, but it is read
 * all the while, so that a server that answers before the end is not blocked.
 *
 * @throws {NotClosed} when the server does not close in time
 */
export async function sendMessage(
  connection: Connection,
  message: ReadableStream<Uint8Array>,
  { timeout, onWait }: SendOptions,
): Promise<void> {
  const closed = readToEnd(connection);
  const sent = message.pipeTo(connectionSink(connection), { signal: connection.signal });
  // A reset ends both, whether or not there is anything to send just now.
  await Promise.all([closed, sent.then(() => limitWait(closed))]);

  async function limitWait(closed: Promise<void>): Promise<void> {
    const wonder = setTimeout(onWait, PATIENCE);
    try {
      await inTime(connection, timeout, new NotClosed(timeout), () => closed);
    } finally {
      clearTimeout(wonder);
    }
  }
}

async function readToEnd(connection: Connection): Promise<void> {
  while (await connection.read() !== undefined);
}
