/** Pseudo-random numbers, the same for the same seed (xorshift32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 2_654_435_761) >>> 0 || 1;
  }

  /** An integer from 0 to 2**32 - 1. */
  word(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state;
  }

  /** A number from `from` up to but not including `to`. */
  between(from: number, to: number): number {
    return from + this.word() / 2 ** 32 * (to - from);
  }
}
