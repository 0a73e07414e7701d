/**
 * What a server reads into, divided among its connections.
 *
 * @module
 */

/** Bytes to read into. */
export type Block = Uint8Array<ArrayBuffer>;

/** Every connection may have blocks of so many bytes. */
const ASSURED = 64 * 1024;
/**
 * The sizes of larger ones, in bytes, and how many there may be: 46 MiB in all. Large ones are no
 * powers of two, or ext4 would keep 2 MiB in one piece of memory, which a virtual machine may have to
 * get from its host: ten times the processor time was measured.
 */
const SHARED = [
  { size: 31 * 64 * 1024, most: 2 },
  { size: 17 * 64 * 1024, most: 10 },
  { size: 256 * 1024, most: 128 },
];
/** So many of a size are kept for the next connections. */
const SPARE = 128;
/** More connections than these keep the network and the sinks busy, each with one block. */
const FEW = 2;

/** How much is read ahead. */
export interface ReadAhead {
  /** How many bytes a block may have, apart from those that every connection may have. */
  readonly blockSize: number;
  /** How many blocks a connection has among few: one stays valid while the other is filled. */
  readonly blocks: 1 | 2;
}

/** The blocks of one server. */
export class BlockMemory {
  readonly #readAhead: ReadAhead;
  readonly #assured = new BlockPool(ASSURED, Infinity);
  /** From the largest to the smallest. */
  readonly #shared: readonly BlockPool[];
  #busy = 0;

  constructor(readAhead: ReadAhead) {
    this.#readAhead = readAhead;
    this.#shared = SHARED.filter(({ size }) => size <= readAhead.blockSize)
      .map(({ size, most }) => new BlockPool(size, most));
  }

  /** How many blocks a connection has that gets busy now. */
  get blocks(): 1 | 2 {
    return this.#busy > FEW ? 1 : this.#readAhead.blocks;
  }

  /** One more connection is busy, or one less. */
  changeBusy(by: 1 | -1): void {
    this.#busy += by;
  }

  /** A block of more than `size` bytes, if there is one to be had. What is in it has no meaning. */
  takeLarger(size: number): Block | undefined {
    // The first one may be enough; who needs more will need much.
    if (size < ASSURED) return this.#assured.take();
    for (const pool of this.#shared) {
      const block = pool.size > size ? pool.take() : undefined;
      if (block !== undefined) return block;
    }
    return undefined;
  }

  /** Takes a block back that nobody uses any more. */
  give(block: Block): void {
    this.#poolOf(block)?.give(block);
  }

  /** Does without a block that a read may still be writing to. */
  abandon(block: Block): void {
    this.#poolOf(block)?.abandon();
  }

  #poolOf({ length }: Block): BlockPool | undefined {
    return [this.#assured, ...this.#shared].find(({ size }) => size === length);
  }
}

/** Blocks of one size. They are used again: to make new ones all the time costs more than to fill them. */
class BlockPool {
  /** How many there are, in use or not. */
  #count = 0;
  readonly #spare: Block[] = [];

  constructor(readonly size: number, readonly most: number) {}

  take(): Block | undefined {
    const spare = this.#spare.pop();
    if (spare !== undefined || this.#count >= this.most) return spare;
    this.#count++;
    return new Uint8Array(this.size);
  }

  give(block: Block): void {
    if (this.#spare.length < SPARE) this.#spare.push(block);
    else this.abandon();
  }

  abandon(): void {
    this.#count--;
  }
}
