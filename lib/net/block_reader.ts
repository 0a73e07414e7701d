import type { Block, Blocks } from "./blocks.ts";
import type { Connection } from "./connection.ts";

/** Size of the first block in bytes: an idle connection must stay cheap. */
const FIRST_BLOCK = 1024;
/** The most bytes of one read: more would not stay in the processor's cache. */
const LARGEST_READ = 256 * 1024;
/** How long received bytes wait for their block to fill, in milliseconds. */
const LINGER = 1000;

/**
 * Reads a connection in pieces as large as a block, so that each is worth a write to disk. Bytes of a
 * slow peer are returned after {@linkcode LINGER} ms even if their block isn't full.
 */
export class BlockReader implements Disposable {
  readonly #connection: Connection;
  readonly #blocks: Blocks;
  /** The block being filled. */
  #block: Block = new Uint8Array(FIRST_BLOCK);
  /** Bytes in the block. */
  #filled = 0;
  /** Bytes of the block that were returned. */
  #returned = 0;
  /** The other block, if the connection has two. */
  #other: Block | undefined;
  #hasBlocks = false;
  /** The read under way, or one that has failed. */
  #pending: Promise<void> | undefined;
  #isAtEnd = false;
  /** Ends the wait for a full block. */
  #wake: () => void = () => {};

  constructor(connection: Connection, blocks: Blocks) {
    this.#connection = connection;
    this.#blocks = blocks;
  }

  /** Whether the peer has closed its side and all bytes were returned. */
  get isAtEnd(): boolean {
    return this.#isAtEnd && this.#returned === this.#filled;
  }

  /**
   * Reads once; nothing at the end. The bytes are valid until the next call.
   *
   * Rejects as {@linkcode Connection.readInto}.
   */
  async read(): Promise<Uint8Array> {
    this.#filled = this.#returned = 0;
    await this.#read();
    this.#returned = this.#filled;
    return this.#block.subarray(0, this.#filled);
  }

  /** Puts bytes that {@linkcode read} has returned in front of the next piece. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > this.#block.length) this.#block = new Uint8Array(bytes.length);
    this.#block.set(bytes);
    this.#filled = bytes.length;
    this.#returned = 0;
  }

  /**
   * Returns the next piece: a full block, the rest before the end, or what has waited long enough. It
   * is empty only at the end.
   *
   * Rejects as {@linkcode Connection.readInto}.
   *
   * @param enough number of bytes that are returned without waiting for more
   * @param used settles when the caller no longer needs the previous piece, which stays valid until then
   */
  async next(enough: number, used?: Promise<void> | void): Promise<Uint8Array> {
    if (this.#returned === this.#block.length) await this.#turn(used);
    let isLate = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      while (
        !isLate && !this.#isAtEnd && this.#filled - this.#returned < enough && this.#hasRoom()
      ) {
        const read = this.#read();
        if (this.#filled === this.#returned) {
          await read;
          continue;
        }
        timer ??= setTimeout(() => {
          isLate = true;
          this.#wake();
        }, LINGER);
        await new Promise<void>((resolve, reject) => {
          this.#wake = resolve;
          read.then(resolve, reject);
        });
      }
    } finally {
      clearTimeout(timer);
    }
    const piece = this.#block.subarray(this.#returned, this.#filled);
    this.#returned = this.#filled;
    return piece;
  }

  [Symbol.dispose](): void {
    if (!this.#hasBlocks) return;
    this.#blocks.leave();
    for (const block of [this.#block, this.#other]) {
      if (block === undefined) continue;
      // A read that has not ended may still write to its block.
      if (this.#pending === undefined) this.#blocks.give(block);
      else this.#blocks.abandon(block);
    }
    this.#hasBlocks = false;
  }

  /** Starts a read, unless one is under way. */
  #read(): Promise<void> {
    if (this.#pending !== undefined) return this.#pending;
    const room = this.#block.subarray(this.#filled, this.#filled + LARGEST_READ);
    const pending = this.#connection.readInto(room).then((count) => {
      this.#isAtEnd = count === 0;
      this.#filled += count;
      this.#pending = undefined;
    });
    // It may fail while the caller does something else; the next call reports that.
    pending.catch(() => {});
    return this.#pending = pending;
  }

  /** Starts to fill the other block, or the same one again. */
  async #turn(used: Promise<void> | void): Promise<void> {
    if (!this.#hasBlocks) {
      this.#takeFirst();
    } else if (this.#other === undefined && this.#blocks.areFewUsers) {
      this.#other = this.#block;
      this.#block = this.#blocks.take();
    } else if (this.#other !== undefined) {
      [this.#block, this.#other] = [this.#other, this.#block];
    } else {
      await used;
    }
    this.#filled = this.#returned = 0;
  }

  /** Whether more bytes fit. What the first small block holds is moved to one that is worth a write. */
  #hasRoom(): boolean {
    if (this.#filled < this.#block.length) return true;
    if (this.#hasBlocks) return false;
    const beginning = this.#block.subarray(0, this.#filled);
    this.#takeFirst();
    this.#block.set(beginning);
    return true;
  }

  #takeFirst(): void {
    this.#blocks.join();
    this.#block = this.#blocks.take();
    this.#hasBlocks = true;
  }
}
