/**
 * The idle timeout: the time that a connection may wait for its peer.
 *
 * @module
 */

/** Something that waits for its peer. */
export interface Waiting {
  /** Called once if the wait was longer than the timeout. */
  onIdle(): void;
}

/** A turn of the timer counts as at most this many times its resolution: the rest was our own stall. */
const LONGEST_TURN = 2;

/**
 * Watches all waits of one server with a single timer.
 *
 * Only time in which this process was awake counts: while it was stopped or busy, a healthy peer may
 * have sent bytes that were not read yet. For the same reason a wait ends only one turn after it
 * became too long.
 */
export class IdleWatch {
  /** When each wait began, on the awake clock; the oldest is first, as all have the same timeout. */
  readonly #waits = new Map<Waiting, number>();
  /** Waits that were too long in the last turn. */
  #late = new Set<Waiting>();
  readonly #resolution: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #awake = 0;
  #turn = 0;

  /** @param timeout the longest wait, in milliseconds; `Infinity` for no limit */
  constructor(readonly timeout: number) {
    this.#resolution = Math.min(100, Math.max(5, timeout / 20));
  }

  /** Starts a wait. */
  begin(waiting: Waiting): void {
    if (this.timeout === Infinity) return;
    if (this.#timer === undefined) this.#start();
    this.#waits.set(waiting, this.#now());
  }

  /** Ends a wait. */
  end(waiting: Waiting): void {
    this.#waits.delete(waiting);
    this.#late.delete(waiting);
  }

  /** Forgets all waits and stops the timer. */
  stop(): void {
    this.#waits.clear();
    this.#late.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    this.#turn = performance.now();
    this.#timer = setInterval(() => this.#check(), this.#resolution);
  }

  #now(): number {
    const sinceTurn = performance.now() - this.#turn;
    return this.#awake + Math.min(sinceTurn, LONGEST_TURN * this.#resolution);
  }

  #check(): void {
    this.#awake = this.#now();
    this.#turn = performance.now();
    const tooLong = this.#late;
    this.#late = new Set();
    for (const waiting of tooLong) waiting.onIdle();
    for (const [waiting, since] of this.#waits) {
      if (this.#awake - since < this.timeout) break;
      this.#waits.delete(waiting);
      this.#late.add(waiting);
    }
    if (this.#waits.size + this.#late.size === 0) this.stop();
  }
}
