/** How often is looked at the clock, in milliseconds. */
const INTERVAL = 100;
/** A delay (ms) that may have made a right program fail. */
const LONG = 1000;

/** Notices how long this process was held up: on a busy machine, right programs fail too. */
export class LagWatch implements Disposable {
  /** The longest delay that was too long so far, in milliseconds; 0 if there was none. */
  longest = 0;
  #lastLong = -Infinity;
  #last = performance.now();
  readonly #timer = setInterval(() => this.#look(), INTERVAL);

  /** Whether there was a delay that was too long since then, by `performance.now()`. */
  wasLongSince(time: number): boolean {
    return this.#lastLong >= time;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const delay = now - this.#last - INTERVAL;
    this.#last = now;
    if (delay < LONG) return;
    this.longest = Math.max(this.longest, delay);
    this.#lastLong = now;
  }
}
