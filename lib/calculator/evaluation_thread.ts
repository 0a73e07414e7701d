import { nextTurn } from "./turn.ts";
import type { Reply } from "./worker.ts";

/** A thread (Worker) that evaluates one expression after another. */
export class EvaluationThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** The worker's next answer: an empty one when it has started. */
  #answer = Promise.withResolvers<string | undefined>();
  #isWorn = false;
  #hasEnded = false;

  private constructor(module: URL) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }) => {
      const [answer, isWorn]: Reply = data;
      this.#isWorn = isWorn;
      this.#answer.resolve(answer);
    };
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end();
    };
    this.#worker.postMessage(undefined, [port2]);
  }

  /** Starts a thread that runs `module`, and resolves when it is ready. */
  static async start(module: URL): Promise<EvaluationThread> {
    const thread = new EvaluationThread(module);
    await thread.#answer.promise;
    return thread;
  }

  /** Whether its heap has grown so large that a new thread should take its place. */
  get isWorn(): boolean {
    return this.#isWorn;
  }

  /**
   * The answer to an expression; `undefined` when there is none within the limit (ms), or the
   * thread has ended.
   */
  async ask(expression: string, limit: number): Promise<string | undefined> {
    if (this.#hasEnded) return undefined;
    const answer = this.#answer = Promise.withResolvers();
    const timer = setTimeout(async () => {
      // Where we were busy for that long ourselves, the answer may lie there unread.
      await nextTurn();
      answer.resolve(undefined);
    }, limit);
    this.#port.postMessage(expression);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the thread; an expression that is being evaluated has no answer. */
  end(): void {
    this.#hasEnded = true;
    this.#answer.resolve(undefined);
    this.#port.close();
    // Deno 2.6, in the compiled programs, ends it in the midst of a loop; Deno 2.9 when that is over.
    this.#worker.terminate();
  }
}
