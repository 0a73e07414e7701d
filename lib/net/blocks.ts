/**
 * The memory that a server's connections read into.
 *
 * @module
 */

/** Bytes to read into. */
export type Block = Uint8Array<ArrayBuffer>;

const KIB = 1024;

/**
 * Block sizes in bytes, the largest first, and how many of each exist at most: 44 MiB apart from the
 * smallest. The largest stays below 2 MiB: ext4 takes a single page of 2 MiB for a write of that size,
 * which on a virtual machine costs ten times the processor time.
 */
const SIZES = [
  { size: 1984 * KIB, most: 6 },
  { size: 256 * KIB, most: 128 },
  { size: 64 * KIB, most: Infinity },
];

/** Unused blocks of each size that are kept for the next connections. */
const SPARE = 128;

/** Up to this many connections at once get two blocks each: one fills while the other is written. */
const FEW = 2;

/** The blocks of one server. Reusing them is cheaper than allocating new ones. */
export class Blocks {
  readonly #pools: readonly Pool[];
  #users = 0;

  /** @param largest no block has more bytes */
  constructor(largest = Infinity) {
    this.#pools = SIZES.filter(({ size }) => size <= largest)
      .map(({ size, most }) => new Pool(size, most));
  }

  /** Registers a connection that uses blocks, until it is removed with {@linkcode leave}. */
  join(): void {
    this.#users++;
  }

  leave(): void {
    this.#users--;
  }

  /** Whether a connection may have a second block. */
  get areFewUsers(): boolean {
    return this.#users <= FEW;
  }

  /** The largest block that is available. Its content is arbitrary. */
  take(): Block {
    for (const pool of this.#pools) {
      const block = pool.take();
      if (block !== undefined) return block;
    }
    return new Uint8Array(64 * KIB);
  }

  /** Takes back a block that is no longer in use. */
  give(block: Block): void {
    this.#pools.find(({ size }) => size === block.length)?.give(block);
  }

  /** Forgets a block that a pending read may still write to. */
  abandon(block: Block): void {
    this.#pools.find(({ size }) => size === block.length)?.abandon();
  }
}

/** Blocks of one size. */
class Pool {
  /** Blocks in use or spare. */
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
