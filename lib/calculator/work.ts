/**
 * The bounds of what one expression may cost, so that none keeps others waiting.
 *
 * @module
 */

/** The expression has no value: it is wrong, its evaluation fails, or it costs too much. */
export class InvalidStatement extends Error {
  override readonly name = "InvalidStatement";
}

/**
 * How much one expression may cost. The unit is the product of two 64-bit words
 * in a long multiplication, up to a nanosecond.
 */
export const MAX_WORK = 12_000_000;

/** What one expression may still cost. */
export class Work {
  #left = MAX_WORK;

  /**
   * Is called before something is computed, with what that will cost at most.
   *
   * @throws {InvalidStatement} when it is more than what is left
   */
  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new InvalidStatement("this takes too long");
  }
}
