/**
 * A file on its way from a client: the handshake on the server's side, and
 * then the file's bytes.
 *
 * @module
 */

import { type BlockMemory, BlockReader } from "../net/block_reader.ts";
import type { Connection } from "../net/connection.ts";
import { type Edition, GREETING, ServerHandshake } from "./protocol.ts";

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
  const small = await connection.orAborted(upload.begin())
    .catch(async (error) => {
      await sink.abort(error);
      throw error;
    });
  if (small !== undefined) {
    for (const bytes of small) await sink.write(bytes);
    await sink.close();
  } else {
    // Where there are two blocks, one is filled while the sink takes the other.
    const readAhead = { highWaterMark: reader.blocks };
    await new ReadableStream(upload, { highWaterMark: 0 })
      .pipeTo(new WritableStream(sink, readAhead), { signal: connection.signal });
  }
  return upload.size;
}

/** The file's bytes; they stay valid as those of the {@linkcode BlockReader} do. */
class Upload implements UnderlyingDefaultSource<Uint8Array> {
  /** How many bytes of the file have come. */
  size = 0;
  readonly #connection: Connection;
  readonly #reader: BlockReader;
  readonly #handshake: ServerHandshake;
  readonly #maxSize: number;
  /** What has come and was not pulled yet. */
  readonly #waiting: Uint8Array[] = [];
  #isOver = false;

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

  /**
   * Greets the client, and receives what fits into the first block: the whole file, which
   * it returns, or the beginning of one that is to be pulled.
   */
  async begin(): Promise<readonly Uint8Array[] | undefined> {
    await this.#connection.write(GREETING);
    do {
      const bytes = await this.#next();
      if (bytes === undefined) return this.#waiting;
      this.#waiting.push(bytes);
    } while (!this.#reader.isBlockFull);
    return undefined;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const bytes = this.#waiting.shift() ?? await this.#next();
    if (bytes === undefined) controller.close();
    else controller.enqueue(bytes);
  }

  /** The file's next bytes, one at least; `undefined` after the last one. */
  async #next(): Promise<Uint8Array | undefined> {
    while (!this.#isOver) {
      const bytes = await this.#read();
      const file = bytes === undefined ? this.#end() : await this.#receive(bytes);
      this.size += file.length;
      if (this.size > this.#maxSize) throw new TooLarge(this.#maxSize);
      if (file.length > 0) return file;
    }
    return undefined;
  }

  async #receive(bytes: Uint8Array): Promise<Uint8Array> {
    const { reply, file } = this.#handshake.receive(bytes);
    if (reply.length > 0) await this.#connection.write(reply);
    return file;
  }

  #end(): Uint8Array {
    this.#isOver = true;
    return this.#handshake.close();
  }

  /** The file is worth nothing before it is whole; a handshake wants its reply at once. */
  #read(): Promise<Uint8Array | undefined> {
    if (!this.#handshake.isOver) return this.#reader.read();
    // One byte too many is an error as soon as it comes.
    return this.#reader.fill(Math.min(this.#maxSize - this.size, this.#handshake.promised) + 1);
  }
}
