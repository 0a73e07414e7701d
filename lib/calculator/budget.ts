/**
 * The limits on what one expression may cost, or it would keep other clients waiting.
 *
 * @module
 */

/** The expression has no value: it is malformed, its evaluation fails, or it costs too much. */
export class InvalidStatement extends Error {
  override readonly name = "InvalidStatement";
}

/** A computation that yields after each slice of work to give others a turn. */
export type Sliced<T> = Generator<void, T>;

/** Highest cost of an expression. The unit is the product of two 64-bit words in a long product. */
const MAX_COST = 12_000_000;
/** Cost of a slice, give or take one operation. */
const SLICE_COST = 250_000;
/** Highest cost of parsing an item or writing its text, apart from its arithmetic. */
const ITEM_COST = 1500;

/** What one expression may still cost. */
export class Budget {
  #left = MAX_COST;
  #slice = SLICE_COST;

  /**
   * Pays for a computation before it starts.
   *
   * @throws {InvalidStatement} if it costs more than what is left
   */
  spend(cost: number): void {
    this.#left -= cost;
    this.#slice -= cost;
    if (this.#left < 0) throw new InvalidStatement("this takes too long");
  }

  /** Whether a slice is over. Asked before each item of an expression. */
  endsSlice(): boolean {
    this.#slice -= ITEM_COST;
    if (this.#slice > 0) return false;
    this.#slice = SLICE_COST;
    return true;
  }
}
