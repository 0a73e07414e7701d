/** Interval between clock checks, in milliseconds. */
const INTERVAL = 100;
/** Shortest delay that can make a correct program fail, in milliseconds. */
const LONG = 1000;

/** Notices when a busy machine delays this process. */
export class LagWatch implements Disposable {
  /** The longest delay so far that reached the limit, in milliseconds, or 0. */
  longest = 0;
  #lastLong = -Infinity;
  #last = performance.now();
  readonly #timer = setInterval(() => this.#look(), INTERVAL);

  /** Whether there was a long delay since `time`, in terms of `performance.now()`. */
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
