/**
 * Receiving a file: the server's side of the handshake, then the bytes, into a sink.
 *
 * @module
 */

import { describe } from "../command/errors.ts";
import { BlockReader } from "../net/block_reader.ts";
import type { Blocks } from "../net/blocks.ts";
import type { Connection } from "../net/connection.ts";
import { inTime } from "../net/in_time.ts";
import { type Edition, GREETING, ServerHandshake } from "./protocol.ts";

/** The file is larger than the limit. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";

  /** @param maxSize in bytes */
  constructor(maxSize: number) {
    super(`the client sent more than ${maxSize} bytes`);
  }
}

/** The upload took longer than the limit. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";

  /** @param maxTime in milliseconds */
  constructor(maxTime: number) {
    super(`the upload took longer than ${maxTime / 1000} seconds`);
  }
}

/** An upload was an error, and the sink could not record that either. */
export class NotRecorded extends Error {
  override readonly name = "NotRecorded";

  /**
   * @param cause why the upload was an error
   * @param failure why that could not be recorded
   */
  constructor(cause: unknown, failure: unknown) {
    super(`${describe(cause)}; ERROR could not be written: ${describe(failure)}`, { cause });
  }
}

/** Limits and memory of a server that receives files. */
export interface ReceiveOptions {
  readonly edition: Edition | "auto";
  /** Size of the largest accepted file, in bytes. */
  readonly maxSize: number;
  /** Longest time for one upload, in milliseconds. */
  readonly maxTime: number;
  readonly blocks: Blocks;
}

/** Where a file's bytes end up. */
export interface Sink {
  /**
   * Takes the next bytes, which stay as they are until this resolves.
   *
   * @param isLast whether the file is complete with them
   */
  write(bytes: Uint8Array, isLast: boolean): Promise<void> | void;
  /** The file is complete. */
  close(): Promise<void>;
  /** The upload was an error. Called after a failed `close`, too. */
  abort(reason: unknown): Promise<void>;
}

/**
 * Receives one file and returns its size in bytes. The sink is closed if the client has closed
 * cleanly at or after the end of the handshake, and aborted in every other case. The connection is
 * closed afterwards: a client that sees the close finds the result in place.
 *
 * Rejects with the reason for the abort.
 */
export async function receive(
  connection: Connection,
  sink: Sink,
  options: ReceiveOptions,
): Promise<number> {
  using _ = connection;
  using reader = new BlockReader(connection, options.blocks);
  try {
    const { maxTime } = options;
    const transferring = () => transfer(connection, reader, sink, options);
    const size = await inTime(connection, maxTime, () => new TooSlow(maxTime), transferring);
    await sink.close();
    return size;
  } catch (error) {
    await sink.abort(error).catch((failure) => {
      throw new NotRecorded(error, failure);
    });
    throw error;
  }
}

/**
 * Moves the file's bytes from the connection to the sink. A loop instead of `pipeTo`: streams cost
 * as much as everything else about a small file.
 */
async function transfer(
  connection: Connection,
  reader: BlockReader,
  sink: Sink,
  { edition, maxSize }: ReceiveOptions,
): Promise<number> {
  const handshake = new ServerHandshake(edition);
  let beginning = await shakeHands(connection, reader, handshake);
  let size = 0;
  let written: Promise<void> | void = undefined;
  try {
    do {
      // The next block fills while the sink writes the one before.
      // One byte too many is an error as soon as it arrives.
      const enough = Math.min(maxSize - size, beginning + handshake.promised) + 1;
      const bytes = await reader.next(enough, written);
      handshake.receive(bytes.subarray(beginning));
      beginning = 0;
      size += bytes.length;
      if (size > maxSize) throw new TooLarge(maxSize);
      await written;
      written = sink.write(bytes, reader.isAtEnd);
      written?.catch((error) => connection.abort(error));
    } while (!reader.isAtEnd);
  } finally {
    await written;
  }
  handshake.close();
  return size;
}

/** Leaves the file's first bytes to the reader, and returns how many those are. */
async function shakeHands(
  connection: Connection,
  reader: BlockReader,
  handshake: ServerHandshake,
): Promise<number> {
  await connection.write(GREETING);
  let beginning: Uint8Array = new Uint8Array(0);
  while (!handshake.isOver) {
    const bytes = await reader.read();
    if (bytes.length === 0) {
      beginning = handshake.close();
      break;
    }
    const { reply, file } = handshake.receive(bytes);
    if (reply.length > 0) await connection.write(reply);
    beginning = file;
  }
  reader.unread(beginning);
  return beginning.length;
}
