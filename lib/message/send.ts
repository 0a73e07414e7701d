import type { Connection } from "../net/connection.ts";
import { deliver } from "../net/deliver.ts";

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
 * closed its side too.
 *
 * Rejects as {@linkcode deliver}.
 */
export async function sendMessage(
  connection: Connection,
  message: ReadableStream<Uint8Array>,
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
