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
 * in a long multiplication.
 */
const MAX_WORK = 12_000_000;
/** How much is done before others may have a turn, give or take one operation. */
const PORTION = 250_000;
/** What it costs at most to parse, evaluate or write a part of an expression, besides what is computed. */
const PART_COST = 1500;

/** A computation that yields wherever others may have a turn, and returns what it computes. */
export type Portions<T> = Generator<void, T>;

/** What one expression may still cost. */
export class Work {
  #left = MAX_WORK;
  #portion = PORTION;

  /**
   * Is called before something is computed, with what that will cost at most.
   *
   * @throws {InvalidStatement} when it is more than what is left
   */
  spend(cost: number): void {
    this.#left -= cost;
    this.#portion -= cost;
    if (this.#left < 0) throw new InvalidStatement("this takes too long");
  }

  /** Is called at each part of an expression: whether others may have a turn before it. */
  endsPortion(): boolean {
    this.#portion -= PART_COST;
    if (this.#portion > 0) return false;
    this.#portion = PORTION;
    return true;
  }
}
