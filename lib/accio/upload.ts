/**
 * A file on its way from a client: the handshake on the server's side, and
 * then the file's bytes.
 *
 * @module
 */

import type { BlockMemory } from "../net/block_memory.ts";
import { BlockReader } from "../net/block_reader.ts";
import type { Connection } from "../net/connection.ts";
import { type Edition, GREETING, ServerHandshake } from "./protocol.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** A file grew beyond the limit. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";

  /** @param maxSize in bytes */
  constructor(maxSize: number) {
    super(`more than ${maxSize} bytes came`);
  }
}

/** How uploads are taken. */
export interface UploadOptions {
  readonly edition: Edition | "auto";
  /** The most bytes that a file may have. */
  readonly maxSize: number;
  /** What is read into. */
  readonly memory: BlockMemory;
}

/** Where the bytes of an upload end. They stay as they are until `write` has resolved. */
export interface Sink {
  /** Rejects when they can't be taken; the sink has made the upload an error then. */
  write(bytes: Uint8Array): Promise<void> | void;
  /** The upload is whole. */
  close(): Promise<void>;
  /** The upload is an error. */
  abort(reason: unknown): Promise<void>;
}

/**
 * Receives one upload into a sink, and returns its size in bytes. The sink is closed
 * when the client has closed cleanly at or after the end of the handshake, and aborted
 * on everything else. The connection is closed when that is done, so that a client that
 * sees the close finds the result in place.
 *
 * Rejects with the reason for which the sink was aborted, or with the sink's own error.
 */
export async function receive(
  connection: Connection,
  sink: Sink,
  options: UploadOptions,
): Promise<number> {
  using _ = connection;
  using reader = new BlockReader(connection, options.memory);
  const upload = new Upload(connection, reader, options);
  // A client that is silent costs no streams, and neither does a small file.
  const first = await connection.orAborted(upload.begin())
    .catch(async (error) => {
      await sink.abort(error);
      throw error;
    });
  if (upload.isWhole) {
    if (first.length > 0) await sink.write(first);
    await sink.close();
  } else {
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(first),
      pull: (controller) => upload.pull(controller),
    }, { highWaterMark: 0 });
    // Where there are two blocks, one is filled while the sink takes the other.
    const readAhead = { highWaterMark: reader.blocks };
    await source.pipeTo(new WritableStream(sink, readAhead), { signal: connection.signal });
  }
  return upload.size;
}

/** The file's bytes; they stay valid as those of the {@linkcode BlockReader} do. */
class Upload {
  /** How many bytes of the file have come. */
  size = 0;
  readonly #connection: Connection;
  readonly #reader: BlockReader;
  readonly #handshake: ServerHandshake;
  readonly #maxSize: number;

  constructor(
    connection: Connection,
    reader: BlockReader,
    { edition, maxSize }: UploadOptions,
  ) {
    this.#connection = connection;
    this.#reader = reader;
    this.#handshake = new ServerHandshake(edition);
    this.#maxSize = maxSize;
  }

  /** Whether all bytes of the file have come. */
  get isWhole(): boolean {
    return this.#reader.isAtEnd;
  }

  /** Greets the client, and returns the file's first bytes: as many as fit into a block. */
  async begin(): Promise<Uint8Array> {
    await this.#connection.write(GREETING);
    const beginning = await this.#shakeHands();
    return this.isWhole ? beginning : await this.#next(beginning);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const bytes = await this.#next();
    if (bytes.length > 0) controller.enqueue(bytes);
    if (this.isWhole) controller.close();
  }

  /** Returns the bytes of the file that came with the handshake's last ones. */
  async #shakeHands(): Promise<Uint8Array> {
    while (!this.#handshake.isOver) {
      const bytes = await this.#reader.read();
      if (this.isWhole) return this.#count(this.#handshake.close());
      const { reply, file } = this.#handshake.receive(bytes);
      if (reply.length > 0) await this.#connection.write(reply);
      if (this.#handshake.isOver) return this.#count(file);
    }
    return NOTHING;
  }

  /**
   * The file's next bytes, a block full or the last ones: those that came with the handshake, and
   * what follows. The file is worth nothing before it is whole, so there is no hurry.
   */
  async #next(beginning = NOTHING): Promise<Uint8Array> {
    // One byte too many is an error as soon as it comes.
    const missing = Math.min(this.#maxSize - this.size, this.#handshake.promised);
    const bytes = await this.#reader.fill(beginning.length + missing + 1, beginning);
    this.#count(this.#handshake.receive(bytes.subarray(beginning.length)).file);
    if (this.isWhole) this.#handshake.close();
    return bytes;
  }

  #count(file: Uint8Array): Uint8Array {
    this.size += file.length;
    if (this.size > this.#maxSize) throw new TooLarge(this.#maxSize);
    return file;
  }
}
