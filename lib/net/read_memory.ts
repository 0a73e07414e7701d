/**
 * The memory that connections are read into, used again and again.
 *
 * @module
 */

/** The first reads go into so few bytes that an idle connection costs little. */
const SMALLEST_BLOCK = 4 * 1024;
/** Any connection may have blocks of so many bytes. */
const ASSURED_BLOCK = 64 * 1024;
/** One read takes so many bytes at most: more would not stay in the processor's cache. */
const LARGEST_READ = 64 * 1024;
/** Beyond the assured ones, all blocks of a server together have so many bytes. */
const SHARED_MEMORY = 32 * 1024 * 1024;

/** Divides the memory of a server among the connections that are busy. */
export class ReadBudget {
  #holders = 0;
  readonly #largest: number;

  /** @param largest how many bytes a block may have, at most */
  constructor(largest: number = ASSURED_BLOCK) {
    this.#largest = largest;
  }

  /** How many bytes a block may have now. */
  get limit(): number {
    const share = SHARED_MEMORY / 2 / Math.max(1, this.#holders);
    return Math.min(this.#largest, Math.max(ASSURED_BLOCK, share));
  }

  /** One more connection has large blocks, or one less. */
  change(by: 1 | -1): void {
    this.#holders += by;
  }
}

/**
 * Two blocks of memory that are filled in turn, and grow while they are filled
 * fast. Bytes stay valid until the block after theirs is full.
 */
export class ReadMemory {
  readonly #budget: ReadBudget;
  #block = new Uint8Array(SMALLEST_BLOCK);
  #other = this.#block.subarray(0, 0);
  #used = 0;
  #isHolder = false;

  constructor(budget: ReadBudget) {
    this.#budget = budget;
  }

  /** Room for the next read. */
  room(): Uint8Array<ArrayBuffer> {
    if (this.#used === this.#block.length) this.#turn();
    return this.#block.subarray(this.#used, this.#used + LARGEST_READ);
  }

  /** The bytes that a read has put into the room. */
  take(count: number): Uint8Array {
    const bytes = this.#block.subarray(this.#used, this.#used + count);
    this.#used += count;
    return bytes;
  }

  /** Gives its share of the budget back. */
  release(): void {
    if (this.#isHolder) this.#budget.change(-1);
    this.#isHolder = false;
  }

  #turn(): void {
    const full = this.#block;
    const length = Math.min(this.#budget.limit, 4 * full.length);
    this.#block = this.#other.length === length ? this.#other : new Uint8Array(length);
    this.#other = full;
    this.#used = 0;
    if (length > ASSURED_BLOCK && !this.#isHolder) {
      this.#isHolder = true;
      this.#budget.change(1);
    }
  }
}
