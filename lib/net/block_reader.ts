/**
 * Reads much at a time.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** The first block has so few bytes that an idle connection costs little. */
const SMALLEST_BLOCK = 1024;
/** Each block that gets full is followed by one so many times as large, up to the limit. */
const GROWTH = 32;
/** Any connection may have blocks of so many bytes. */
const ASSURED_BLOCK = 64 * 1024;
/** Beyond the assured ones, all blocks of a server together have so many bytes. */
const SHARED_MEMORY = 32 * 1024 * 1024;
/** One read takes so many bytes at most: more would not stay in the processor's cache. */
const LARGEST_READ = 256 * 1024;

const NO_BLOCK = new Uint8Array(0);

/** More connections than these keep the network and the sinks busy, each with one block. */
const FEW = 2;

/** How much is read ahead. */
export interface ReadAhead {
  /** How many bytes a block may have. */
  readonly blockSize: number;
  /** How many blocks a connection has among few: one stays valid while the other is filled. */
  readonly blocks: 1 | 2;
}

/** The memory of a server, divided among the connections that are busy. */
export class BlockMemory {
  readonly #readAhead: ReadAhead;
  #busy = 0;

  constructor(readAhead: ReadAhead) {
    this.#readAhead = readAhead;
  }

  /** How many blocks a connection has that gets busy now. */
  get blocks(): 1 | 2 {
    return this.#busy > FEW ? 1 : this.#readAhead.blocks;
  }

  /** How many bytes each of a connection's blocks may have now. */
  limit(blocks: number): number {
    const share = SHARED_MEMORY / blocks / Math.max(1, this.#busy);
    // Powers of two: the size of blocks seldom changes.
    const fair = 2 ** Math.floor(Math.log2(Math.max(ASSURED_BLOCK, share)));
    return Math.min(this.#readAhead.blockSize, fair);
  }

  /** One more connection has large blocks, or one less. */
  changeBusy(by: 1 | -1): void {
    this.#busy += by;
  }
}

/** Reads a connection into one block after another, which are used in turn. */
export class BlockReader implements Disposable {
  readonly #connection: Connection;
  readonly #memory: BlockMemory;
  /** The one that is being filled is last. */
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [NO_BLOCK];
  /** How much of that one is filled. */
  #filled = 0;
  /** How many bytes the next block has, if there is room. */
  #size = SMALLEST_BLOCK;
  #isDisposed = false;

  constructor(connection: Connection, memory: BlockMemory) {
    this.#connection = connection;
    this.#memory = memory;
  }

  /** How many blocks are used in turn; once the first one is full, it stays like that. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /** Whether the next read fills another block. */
  get isBlockFull(): boolean {
    return this.#filled === this.#blocks.at(-1)?.length;
  }

  /**
   * Reads what has come, once. `undefined` when the peer has closed its side. The
   * bytes stay valid until the same block is filled again.
   *
   * Rejects as {@linkcode Connection.readInto}.
   */
  async read(): Promise<Uint8Array | undefined> {
    const room = this.#room();
    return this.#take(room, await this.#connection.readInto(room));
  }

  /**
   * As {@linkcode read}, but waits until the block is full, or so many bytes have come as are
   * enough, or the peer has closed its side.
   */
  async fill(enough: number): Promise<Uint8Array | undefined> {
    const room = this.#room();
    let size = 0;
    while (size < Math.min(room.length, enough)) {
      const count = await this.#connection.readInto(room.subarray(size, size + LARGEST_READ));
      if (count === 0) break;
      size += count;
    }
    return this.#take(room, size);
  }

  [Symbol.dispose](): void {
    if (this.#size > SMALLEST_BLOCK && !this.#isDisposed) this.#memory.changeBusy(-1);
    this.#isDisposed = true;
  }

  /** Where the next bytes go: one byte at least. */
  #room(): Uint8Array<ArrayBuffer> {
    if (this.isBlockFull) this.#turn();
    return (this.#blocks.at(-1) ?? NO_BLOCK).subarray(this.#filled);
  }

  /** The oldest block is filled next, if it has the right size. */
  #turn(): void {
    const size = Math.min(this.#size, this.#memory.limit(this.blocks));
    const oldest = this.#blocks.shift();
    this.#blocks.push(oldest?.length === size ? oldest : new Uint8Array(size));
    this.#filled = 0;
  }

  #take(room: Uint8Array, size: number): Uint8Array | undefined {
    this.#filled += size;
    if (this.isBlockFull) this.#grow();
    return size === 0 ? undefined : room.subarray(0, size);
  }

  #grow(): void {
    if (this.#size >= this.#memory.limit(this.blocks) || this.#isDisposed) return;
    if (this.#size === SMALLEST_BLOCK) {
      this.#memory.changeBusy(1);
      if (this.#memory.blocks === 2) this.#blocks.unshift(NO_BLOCK);
    }
    this.#size = GROWTH * this.#size;
  }
}
