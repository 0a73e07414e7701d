import { answerInSlices } from "./answer.ts";
import type { Sliced } from "./budget.ts";

/** Time (ms) spent on expressions before the connections get a turn. */
const TURN = 2;
/**
 * Number of slices in a turn. Their answers are written at once, and after some hundred operations
 * the event loop would not poll the network before the next turn.
 */
const TURN_SLICES = 100;
/** Delay (ms) of a client's next slices for each millisecond it has used. */
const PENALTY = 100;

/** A client with a lower rank is served first. */
interface Client {
  rank: number;
}

/** An expression that is being evaluated. */
interface Job extends Pick<PromiseWithResolvers<string>, "resolve" | "reject"> {
  readonly client: Client;
  readonly slices: Sliced<string>;
}

/**
 * Evaluates the expressions of many clients on the thread that also serves their connections. They
 * are served in order of arrival, but the more time a client has used, the longer it waits: heavy
 * expressions never delay light ones by more than a turn.
 */
export class Scheduler {
  readonly #jobs = new Set<Job>();
  /** Ends the turn or the pause; `undefined` outside of both. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPausing = false;
  #turnEnd = 0;
  #slicesLeft = 0;

  /** Returns a function that evaluates expressions for one more client. */
  client(): (expression: string) => Promise<string> {
    const client: Client = { rank: 0 };
    return (expression) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      client.rank = Math.max(client.rank, performance.now());
      this.#jobs.add({ client, slices: answerInSlices(expression), resolve, reject });
      this.#run();
      return promise;
    };
  }

  #run(): void {
    if (this.#timer === undefined) this.#beginTurn();
    for (let job; !this.#isPausing && (job = this.#first()) !== undefined;) {
      if (this.#slicesLeft-- > 0 && performance.now() < this.#turnEnd) this.#advance(job);
      else this.#pause();
    }
  }

  #beginTurn(): void {
    this.#turnEnd = performance.now() + TURN;
    this.#slicesLeft = TURN_SLICES;
    this.#setTimer();
  }

  /** Starts the timer again: the event loop polls the network only while no timer is due. */
  #pause(): void {
    this.#isPausing = true;
    clearTimeout(this.#timer);
    this.#setTimer();
  }

  #setTimer(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isPausing = false;
      if (this.#jobs.size > 0) this.#run();
    });
  }

  #first(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#jobs) {
      if (first === undefined || job.client.rank < first.client.rank) first = job;
    }
    return first;
  }

  #advance(job: Job): void {
    const start = performance.now();
    try {
      const { done, value } = job.slices.next();
      if (done) {
        this.#jobs.delete(job);
        job.resolve(value);
      }
    } catch (error) {
      this.#jobs.delete(job);
      job.reject(error);
    }
    job.client.rank += PENALTY * (performance.now() - start);
  }
}
