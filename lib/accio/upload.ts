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

/**
 * Receives one upload into `sink`, and returns its size in bytes. The sink is
 * closed when the client has closed cleanly at or after the end of the
 * handshake, and aborted on everything else. The connection is closed when that
 * is done, so that a client that sees the close finds the result in place.
 *
 * Rejects with the reason for which the sink was aborted, or with the sink's own error.
 */
export async function receive(
  connection: Connection,
  sink: WritableStream<Uint8Array>,
  options: UploadOptions,
): Promise<number> {
  using _ = connection;
  using reader = new BlockReader(connection, options.memory);
  const upload = new Upload(connection, reader, options);
  const source = new ReadableStream(upload, { highWaterMark: 0 });
  await source.pipeTo(sink, { signal: connection.signal });
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

  async start(): Promise<void> {
    await this.#connection.write(GREETING);
  }

  async pull(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    for (let passed = false; !passed;) {
      // The file is worth nothing before it is whole; a handshake wants its reply at once.
      const bytes = await (this.#handshake.isOver ? this.#reader.fill() : this.#reader.read());
      if (bytes === undefined) {
        this.#pass(this.#handshake.close(), controller);
        controller.close();
        return;
      }
      const { reply, file } = this.#handshake.receive(bytes);
      if (reply.length > 0) await this.#connection.write(reply);
      passed = this.#pass(file, controller);
    }
  }

  /** Whether there was anything to pass on. */
  #pass(
    file: Uint8Array,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): boolean {
    this.size += file.length;
    if (this.size > this.#maxSize) throw new TooLarge(this.#maxSize);
    if (file.length > 0) controller.enqueue(file);
    return file.length > 0;
  }
}
