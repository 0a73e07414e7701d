import { INVALID_STATEMENT } from "./answer.ts";
import { EvaluationThread } from "./evaluation_thread.ts";
import { nextTurn } from "./turn.ts";

/**
 * How long an evaluation may take, in milliseconds. The work of each is bounded, so only a mistake
 * of ours or a very busy machine needs so long.
 */
const TIME_LIMIT = 10_000;

const WORKER = new URL("./worker.ts", import.meta.url);

/** What a {@linkcode ThreadPool} needs to know. */
export interface PoolOptions {
  /** The largest number of threads. */
  readonly threads: number;
  /** How long an evaluation may take, in milliseconds. */
  readonly timeLimit?: number;
  /** What the threads run. */
  readonly module?: URL;
}

/**
 * Evaluates expressions, each on a thread that nobody else uses meanwhile. While all threads are
 * taken, expressions wait for one in order of arrival. A thread that is stuck or worn is replaced.
 */
export class ThreadPool implements Disposable {
  readonly #threads: number;
  readonly #timeLimit: number;
  readonly #module: URL;
  /** The last one that was used is the first to be used again. */
  readonly #idle: EvaluationThread[] = [];
  readonly #waiting: PromiseWithResolvers<EvaluationThread>[] = [];
  /** Number of threads, the one that is starting included. */
  #count = 0;
  #isStarting = false;

  constructor({ threads, timeLimit = TIME_LIMIT, module = WORKER }: PoolOptions) {
    this.#threads = threads;
    this.#timeLimit = timeLimit;
    this.#module = module;
  }

  /**
   * The answer to an expression; {@linkcode INVALID_STATEMENT} after the time limit, for which
   * waiting for a thread does not count.
   */
  async evaluate(expression: string): Promise<string> {
    const thread = this.#idle.pop() ?? await this.#next();
    const answer = await thread.ask(expression, this.#timeLimit);
    if (answer === undefined || thread.isWorn) this.#remove(thread);
    else this.#release(thread);
    return answer ?? INVALID_STATEMENT;
  }

  /** Ends the idle threads. */
  [Symbol.dispose](): void {
    for (const thread of this.#idle.splice(0)) this.#remove(thread);
  }

  #next(): Promise<EvaluationThread> {
    const thread = Promise.withResolvers<EvaluationThread>();
    this.#waiting.push(thread);
    this.#startThreads();
    return thread.promise;
  }

  /** Starts keep the calling thread busy: there is one after another, with turns for others between. */
  async #startThreads(): Promise<void> {
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#waiting.length > 0 && this.#count < this.#threads) {
      this.#count++;
      await nextTurn();
      try {
        this.#release(await EvaluationThread.start(this.#module));
      } catch (error) {
        // The system has no thread left, say: that is the error of one client.
        this.#count--;
        this.#waiting.shift()?.reject(error);
      }
    }
    this.#isStarting = false;
  }

  /** Hands a thread to the expression that has waited longest. */
  #release(thread: EvaluationThread): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#idle.push(thread);
    else first.resolve(thread);
  }

  #remove(thread: EvaluationThread): void {
    thread.end();
    this.#count--;
    this.#startThreads();
  }
}
