import { resolvesWithin } from "./timing.ts";
import type { Reply } from "./worker.ts";

/** A thread (Worker) that evaluates one expression after another. */
export class EvaluationThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** The next reply; `undefined` if the thread ends before. */
  #reply = Promise.withResolvers<Reply | undefined>();
  #hasEnded = false;

  private constructor(module: URL) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }) => this.#reply.resolve(data);
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
    await thread.#reply.promise;
    return thread;
  }

  /** Returns the reply to an expression, or `undefined` after `limit` ms or the thread's end. */
  async ask(expression: string, limit: number): Promise<Reply | undefined> {
    if (this.#hasEnded) return undefined;
    const reply = this.#reply = Promise.withResolvers();
    this.#port.postMessage(expression);
    return await resolvesWithin(reply.promise, limit) ? await reply.promise : undefined;
  }

  /** Ends the thread, even while it evaluates an expression. */
  end(): void {
    this.#hasEnded = true;
    this.#reply.resolve(undefined);
    this.#port.close();
    // The runtime of compiled programs interrupts a loop, Deno 2.9 waits for its end.
    this.#worker.terminate();
  }
}
