import { INVALID_STATEMENT } from "./answer.ts";
import { EvaluationThread } from "./evaluation_thread.ts";
import { nextTurn } from "./timing.ts";

/**
 * Longest evaluation in milliseconds. Every expression has a bounded cost, so only a bug or a very
 * busy machine exceeds this.
 */
const TIME_LIMIT = 10_000;

const WORKER = new URL("./worker.ts", import.meta.url);

/**
 * Evaluates each expression on a thread of its own. While all threads are busy, expressions wait in
 * order of arrival. A stuck or bloated thread is replaced.
 */
export class ThreadPool implements Disposable {
  readonly #size: number;
  readonly #timeLimit: number;
  readonly #module: URL;
  /** A stack: the thread used last is used again first. */
  readonly #idle: EvaluationThread[] = [];
  readonly #waiting: PromiseWithResolvers<EvaluationThread>[] = [];
  /** Number of threads, including the one that is starting. */
  #count = 0;
  #isStarting = false;

  /**
   * @param size maximum number of threads
   * @param timeLimit longest evaluation in milliseconds
   * @param module the code that the threads run
   */
  constructor(size: number, timeLimit = TIME_LIMIT, module = WORKER) {
    this.#size = size;
    this.#timeLimit = timeLimit;
    this.#module = module;
  }

  /**
   * Returns the answer to an expression, or {@linkcode INVALID_STATEMENT} after the time limit, which
   * does not include the wait for a thread.
   */
  async evaluate(expression: string): Promise<string> {
    const thread = this.#idle.pop() ?? await this.#nextThread();
    const reply = await thread.ask(expression, this.#timeLimit);
    const [answer, isBloated] = reply ?? [INVALID_STATEMENT, true];
    if (isBloated) this.#remove(thread);
    else this.#release(thread);
    return answer;
  }

  /** Ends the idle threads. */
  [Symbol.dispose](): void {
    for (const thread of this.#idle.splice(0)) this.#remove(thread);
  }

  #nextThread(): Promise<EvaluationThread> {
    const thread = Promise.withResolvers<EvaluationThread>();
    this.#waiting.push(thread);
    this.#startThreads();
    return thread.promise;
  }

  /** Starts one thread after another: a start blocks this thread, which has others to serve. */
  async #startThreads(): Promise<void> {
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#waiting.length > 0 && this.#count < this.#size) {
      this.#count++;
      await nextTurn();
      try {
        this.#release(await EvaluationThread.start(this.#module));
      } catch (error) {
        // If the system has run out of threads, for example, only one client gets the error.
        this.#count--;
        this.#waiting.shift()?.reject(error);
      }
    }
    this.#isStarting = false;
  }

  /** Passes a thread to the expression that has waited longest. */
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
