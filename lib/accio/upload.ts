/**
 * A file on its way from a client: the handshake on the server's side, and
 * then the file's bytes.
 *
 * @module
 */

import { aborted } from "../net/aborted.ts";
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
 * Receives one upload into a sink, and returns its size in bytes. The sink is
 * opened when the first byte has come, closed when the client has closed cleanly
 * at or after the end of the handshake, and aborted on everything else. The
 * connection is closed when that is done, so that a client that sees the close
 * finds the result in place.
 *
 * Rejects with the reason for which the sink was aborted, or with the sink's own error.
 */
export async function receive(
  connection: Connection,
  openSink: () => WritableStream<Uint8Array>,
  options: UploadOptions,
): Promise<number> {
  using _ = connection;
  using reader = new BlockReader(connection, options.memory);
  const upload = new Upload(connection, reader, options);
  try {
    // A client that has not sent anything costs no streams.
    await Promise.race([upload.begin(), aborted(connection.signal)]);
  } catch (error) {
    await openSink().abort(error);
    throw error;
  }
  const source = new ReadableStream(upload, { highWaterMark: 0 });
  await source.pipeTo(openSink(), { signal: connection.signal });
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
  /** What is read next. */
  #next: Promise<Uint8Array | undefined> | undefined;

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

  /** Greets the client, and waits for its first bytes. */
  async begin(): Promise<void> {
    await this.#connection.write(GREETING);
    this.#next = this.#reader.read();
    await this.#next;
  }

  async pull(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    for (let passed = false; !passed;) {
      const bytes = await (this.#next ?? this.#read());
      this.#next = undefined;
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

  /** The file is worth nothing before it is whole; a handshake wants its reply at once. */
  #read(): Promise<Uint8Array | undefined> {
    if (!this.#handshake.isOver) return this.#reader.read();
    // One byte too many is an error as soon as it comes.
    return this.#reader.fill(Math.min(this.#maxSize - this.size, this.#handshake.promised) + 1);
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
