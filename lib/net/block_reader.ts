/**
 * Reads much at a time.
 *
 * @module
 */

import type { Block, BlockMemory } from "./block_memory.ts";
import type { Connection } from "./connection.ts";

/** The first block has so few bytes that an idle connection costs little. */
const SMALLEST_BLOCK = 1024;
/** One read takes so many bytes at most: more would not stay in the processor's cache. */
const LARGEST_READ = 256 * 1024;

const NO_BLOCK: Block = new Uint8Array(0);

/** Reads a connection into one block after another, which are used in turn. */
export class BlockReader implements Disposable {
  readonly #connection: Connection;
  readonly #memory: BlockMemory;
  /** The one that is being filled is last. */
  readonly #blocks: Block[] = [NO_BLOCK];
  #isBusy = false;
  #isAtEnd = false;
  #isDisposed = false;

  constructor(connection: Connection, memory: BlockMemory) {
    this.#connection = connection;
    this.#memory = memory;
  }

  /** How many blocks are used in turn; once the first one was filled, it stays like that. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /** Whether the peer has closed its side, and all has been read. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /**
   * Reads what has come, once; nothing at the end. The bytes stay valid until the next read.
   *
   * Rejects as {@linkcode Connection.readInto}.
   */
  async read(): Promise<Uint8Array> {
    const block = this.#turn();
    const count = await this.#connection.readInto(block);
    this.#isAtEnd = count === 0;
    return block.subarray(0, count);
  }

  /**
   * Reads until a block is full that is as large as may be, or so many bytes are in it as are
   * enough, or the peer has closed its side. It begins with bytes that were read before. They all
   * stay valid until the same block is filled again.
   *
   * Rejects as {@linkcode Connection.readInto}.
   */
  async fill(enough: number, beginning: Uint8Array = NO_BLOCK): Promise<Uint8Array> {
    let block = this.#turn(beginning.length);
    block.set(beginning);
    let size = beginning.length;
    while (size < enough && !this.#isAtEnd) {
      if (size === block.length) {
        const larger = this.#grow(block);
        if (larger === undefined) break;
        block = larger;
      }
      const count = await this.#connection.readInto(block.subarray(size, size + LARGEST_READ));
      this.#isAtEnd = count === 0;
      size += count;
    }
    return block.subarray(0, size);
  }

  [Symbol.dispose](): void {
    if (this.#isBusy) this.#memory.changeBusy(-1);
    this.#isBusy = false;
    this.#isDisposed = true;
    for (const block of this.#blocks.splice(0)) {
      // Before the end, a read may still be under way.
      if (this.#isAtEnd) this.#memory.give(block);
      else this.#memory.abandon(block);
    }
  }

  /** The oldest block is filled next; it has so many bytes at least. */
  #turn(least = 0): Block {
    const oldest = this.#blocks.shift() ?? NO_BLOCK;
    const block = oldest.length >= Math.max(1, least) ? oldest : this.#first(least);
    this.#blocks.push(block);
    return block;
  }

  #first(least: number): Block {
    const larger = this.#isBusy ? this.#memory.takeLarger(SMALLEST_BLOCK) : undefined;
    return larger ?? new Uint8Array(Math.max(SMALLEST_BLOCK, least));
  }

  /** A larger block with the same bytes takes the place of a full one, if there is one to be had. */
  #grow(block: Block): Block | undefined {
    // A read that was under way then may still bring bytes.
    if (this.#isDisposed) return undefined;
    const larger = this.#memory.takeLarger(block.length);
    if (larger === undefined) return undefined;
    if (!this.#isBusy) {
      this.#isBusy = true;
      this.#memory.changeBusy(1);
      if (this.#memory.blocks === 2) this.#blocks.unshift(NO_BLOCK);
    }
    larger.set(block);
    this.#blocks.splice(-1, 1, larger);
    this.#memory.give(block);
    return larger;
  }
}
