/**
 * The idle timeout: how long a connection may wait for its peer.
 *
 * @module
 */

/** Something that waits for its peer, and is told when it has waited too long. */
export interface Waiting {
  /** Called once when the wait was longer than the timeout. */
  onIdle(): void;
}

/** A turn of the timer counts for so many times its resolution at most: the rest was a stall of our own. */
const LONGEST_TURN = 2;

/**
 * Watches over all waits of one server with a single timer.
 *
 * Only time in which this process was awake counts: while it was stopped, or
 * kept busy, a healthy peer may have sent what nobody has read yet. For the same
 * reason a wait that was too long is ended a turn later, unless it is over then.
 */
export class IdleWatch {
  /** When each wait began, by the awake clock. The timeout is the same for all, so the oldest is first. */
  readonly #waits = new Map<Waiting, number>();
  /** Those that were found too long in the last turn. */
  #late = new Set<Waiting>();
  readonly #resolution: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #awake = 0;
  #turn = 0;

  /** @param timeout how long a wait may be, in milliseconds; `Infinity` for no limit */
  constructor(readonly timeout: number) {
    this.#resolution = Math.min(100, Math.max(5, timeout / 20));
  }

  /** The wait begins now. */
  begin(waiting: Waiting): void {
    if (this.timeout === Infinity) return;
    if (this.#timer === undefined) this.#start();
    this.#waits.set(waiting, this.#now());
  }

  /** The wait is over. */
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
