import type { Connection } from "../net/connection.ts";
import { deliver } from "../net/deliver.ts";

/** Limits of sending. */
export interface SendOptions {
  /** The longest wait for the server's close after the message, in milliseconds. */
  readonly timeout: number;
  /** Called if the server has not closed the connection {@linkcode PATIENCE} ms after the message. */
  readonly onWait: () => void;
}

/** Delay before the user is informed of the wait, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Sends a message, half-closes the connection, and resolves once the server has closed its side.
 *
 * Rejects as {@linkcode deliver}.
 */
export async function sendMessage(
  connection: Connection,
  message: AsyncIterable<Uint8Array>,
  { timeout, onWait }: SendOptions,
): Promise<void> {
  let notice: ReturnType<typeof setTimeout> | undefined;
  try {
    await deliver(connection, message, {
      what: "message",
      timeout,
      onSent: () => notice = setTimeout(onWait, PATIENCE),
    });
  } finally {
    clearTimeout(notice);
  }
}
