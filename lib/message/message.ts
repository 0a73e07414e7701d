/**
 * Messages on their way from their clients to one output.
 *
 * @module
 */

import type { Output } from "../command/output.ts";
import type { Connection } from "../net/connection.ts";
import { connectionSource } from "../net/streams.ts";
import type { Turn, Turns } from "./turns.ts";

/** Where messages go. */
export interface Destination {
  readonly output: Output;
  /** Whose bytes the output takes: never two messages' at once. */
  readonly turns: Turns;
  /** Told when the message has to wait for its turn. */
  readonly onWait: () => void;
}

/**
 * Prints the message that a client sends, and returns its size in bytes. Its
 * turn is that of its first byte, so a client that sends nothing holds nobody;
 * while it waits, it is not read any further. Whatever ends it lets the next
 * one through. The connection is closed when that is done.
 *
 * Rejects when the client was silent too long, when it has reset the
 * connection, and on a shutdown; what had come until then is printed.
 */
export async function printMessage(
  connection: Connection,
  destination: Destination,
): Promise<number> {
  const { signal } = connection;
  using sink = new MessageSink(destination, signal);
  const printed = connectionSource(connection).pipeTo(new WritableStream(sink), { signal });
  // A write that nobody reads can't be taken back, so a shutdown does not wait for it.
  await connection.orAborted(printed);
  return connection.received;
}

/** Takes a turn for the first byte, and keeps it until it is disposed of. */
class MessageSink implements UnderlyingSink<Uint8Array>, Disposable {
  readonly #destination: Destination;
  readonly #signal: AbortSignal;
  #turn: Turn | undefined;

  constructor(destination: Destination, signal: AbortSignal) {
    this.#destination = destination;
    this.#signal = signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#turn ??= this.#takeTurn();
    await this.#turn.begun;
    this.#signal.throwIfAborted();
    await this.#destination.output.write(bytes);
  }

  #takeTurn(): Turn {
    const turn = this.#destination.turns.take();
    if (turn.waits) this.#destination.onWait();
    return turn;
  }

  [Symbol.dispose](): void {
    this.#turn?.[Symbol.dispose]();
  }
}
