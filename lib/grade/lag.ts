/** How often is looked at the clock, in milliseconds. */
const INTERVAL = 100;

/** Notices how long this process was held up: on a busy machine, right programs fail too. */
export class LagWatch implements Disposable {
  /** The longest delay so far, in milliseconds. */
  longest = 0;
  #last = performance.now();
  readonly #timer = setInterval(() => this.#look(), INTERVAL);

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.#last - INTERVAL);
    this.#last = now;
  }
}
