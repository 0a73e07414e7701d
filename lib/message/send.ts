import type { Connection } from "../net/connection.ts";
import { deliver } from "../net/deliver.ts";

/** Limits of sending. */
export interface SendOptions {
  /** The longest wait for the server's close after the message, in milliseconds. */
  readonly timeout: number;
  /** Called if the server has not closed the connection {@linkcode PATIENCE} ms after the message. */
  readonly onWait: () => void;
}

/** Time until a person wonders what is going on, in milliseconds. */
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
  let wonder: ReturnType<typeof setTimeout> | undefined;
  try {
    await deliver(connection, message, {
      what: "message",
      timeout,
      onSent: () => wonder = setTimeout(onWait, PATIENCE),
    });
  } finally {
    clearTimeout(wonder);
  }
}
