import { type Output, OutputLost } from "../command/output.ts";
import type { Connection } from "../net/connection.ts";
import type { Turn, Turns } from "./turns.ts";

/** Where messages go. */
export interface Destination {
  readonly output: Output;
  /** The order in which messages are printed, one at a time. */
  readonly turns: Turns;
  /** Called if the message has to wait for its turn. */
  readonly onWait: () => void;
}

/**
 * Prints a client's message and returns its size in bytes. Its turn begins with its first byte, so a
 * client that sends nothing holds up nobody; a message that waits is not read any further. However it
 * ends, the next message follows.
 *
 * Rejects if the client was silent for too long or has reset the connection, and on a shutdown; what
 * arrived until then is printed.
 */
export async function printMessage(
  connection: Connection,
  { output, turns, onWait }: Destination,
): Promise<number> {
  let turn: Turn | undefined;
  try {
    for (let bytes; (bytes = await connection.read()) !== undefined;) {
      if (turn === undefined) {
        turn = turns.take();
        if (turn.waits) onWait();
        // Not given up on a shutdown: that ends the turns before it, and these bytes were received.
        await turn.begun;
      }
      // A write that nobody reads can't be taken back, so a shutdown does not wait for it.
      const isWritten = await connection.orAborted(output.write(bytes));
      if (!isWritten) throw new OutputLost();
    }
  } finally {
    turn?.[Symbol.dispose]();
  }
  return connection.received;
}
