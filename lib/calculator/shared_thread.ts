/**
 * The one thread that evaluates for many clients, and serves their connections too.
 *
 * @module
 */

import { answerInSlices } from "./answer.ts";
import type { Sliced } from "./budget.ts";

/** So long (ms) may be computed before the connections have a turn. */
const SLICE = 2;
/**
 * So many portions may be computed before. Their answers are written at once, and
 * after some hundred operations in one turn, the event loop has no look at the
 * network for the next ones.
 */
const SLICE_PORTIONS = 100;
/** Whoever has the thread for a millisecond comes so many milliseconds later the next time. */
const SETBACK = 100;

/** What a client wants computed. */
interface Job {
  readonly client: Client;
  readonly portions: Sliced<string>;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: unknown) => void;
  /** Whose is least is first. */
  rank: number;
}

/** When a client's next request counts as come, at the earliest. */
interface Client {
  notBefore: number;
}

/**
 * Evaluates expressions portion by portion. The first to come is the first to be
 * served, but a client that has used much of the thread stands behind those that
 * have used little: however many ask for heavy calculations, light ones are answered
 * in the next turn.
 */
export class SharedThread {
  readonly #jobs = new Set<Job>();
  /** What ends the turn of those who compute; missing where none has begun. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sliceEnd = 0;
  #portionsLeft = 0;
  #isResting = false;

  /** Evaluates expressions for one more client. */
  client(): (expression: string) => Promise<string> {
    const client: Client = { notBefore: 0 };
    return (expression) =>
      new Promise((resolve, reject) => {
        const rank = Math.max(performance.now(), client.notBefore);
        const portions = answerInSlices(expression);
        this.#jobs.add({ client, portions, resolve, reject, rank });
        this.#work();
      });
  }

  #work(): void {
    if (this.#timer === undefined) this.#beginSlice();
    for (let job; (job = this.#first()) !== undefined;) {
      if (!this.#isInSlice()) return this.#rest();
      this.#portionsLeft--;
      this.#advance(job);
    }
  }

  #beginSlice(): void {
    this.#timer = setTimeout(() => this.#endSlice());
    this.#sliceEnd = performance.now() + SLICE;
    this.#portionsLeft = SLICE_PORTIONS;
  }

  #isInSlice(): boolean {
    return this.#portionsLeft > 0 && performance.now() < this.#sliceEnd;
  }

  /** Lets the connections have their turn: the event loop waits for them only while no timer is due. */
  #rest(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#endSlice());
  }

  #endSlice(): void {
    this.#timer = undefined;
    this.#isResting = false;
    if (this.#jobs.size > 0) this.#work();
  }

  #first(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#jobs) if (first === undefined || job.rank < first.rank) first = job;
    return first;
  }

  #advance(job: Job): void {
    const start = performance.now();
    try {
      const { done, value } = job.portions.next();
      if (done) {
        this.#jobs.delete(job);
        job.resolve(value);
      }
    } catch (error) {
      this.#jobs.delete(job);
      job.reject(error);
    }
    job.rank += SETBACK * (performance.now() - start);
    job.client.notBefore = job.rank;
  }
}
