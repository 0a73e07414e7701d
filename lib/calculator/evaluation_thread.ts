import { INVALID_STATEMENT } from "./answer.ts";
import { nextTurn } from "./turn.ts";

/** How long an evaluation may take, in milliseconds. */
const TIME_LIMIT = 1000;

const WORKER = new URL("./worker.ts", import.meta.url);

/**
 * Evaluates expressions on a thread of its own, one at a time. One that is
 * stuck is ended without harm to anybody else, and the next expression has a new
 * thread. There is none before the first one: a client that asks for nothing costs little.
 */
export class EvaluationThread implements Disposable {
  readonly #timeLimit: number;
  readonly #module: URL;
  #thread: Thread | undefined;

  /** @param timeLimit in milliseconds */
  constructor(timeLimit: number = TIME_LIMIT, module: URL = WORKER) {
    this.#timeLimit = timeLimit;
    this.#module = module;
  }

  /** The answer to an expression; {@linkcode INVALID_STATEMENT} after the time limit. */
  async evaluate(expression: string): Promise<string> {
    this.#thread ??= new Thread(this.#module);
    const answer = await this.#thread.ask(expression, this.#timeLimit);
    if (answer === undefined) this[Symbol.dispose]();
    return answer ?? INVALID_STATEMENT;
  }

  /**
   * Waits for no answer any more. The thread itself ends with the process:
   * ending a hundred of them one by one takes longer than a shutdown may.
   */
  abandon(): void {
    this.#thread?.abandon();
    this.#thread = undefined;
  }

  [Symbol.dispose](): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}

/** The start of the last thread that was asked for. */
let lastStart: Promise<void> = Promise.resolve();

/** A worker and the port to it. */
class Thread {
  #worker: Worker | undefined;
  readonly #port: MessagePort;
  /** The worker's next message: an empty one when it has started, and then answers. */
  #message = Promise.withResolvers<string | undefined>();
  readonly #started: Promise<void>;
  #hasEnded = false;

  constructor(module: URL) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }) => this.#message.resolve(String(data));
    this.#started = lastStart.then(() => this.#start(module, port2));
    // Where the system has no thread left, that is this client's error alone.
    lastStart = this.#started.catch(() => {});
  }

  /** Starts keep the calling thread busy: there is one after another, with turns for others between. */
  async #start(module: URL, port: MessagePort): Promise<void> {
    await nextTurn();
    if (this.#hasEnded) return;
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end();
    };
    this.#worker.postMessage(undefined, [port]);
    await this.#message.promise;
  }

  /**
   * `undefined` when there is no answer within the limit (ms), or the thread has
   * ended. The time that it needs to start does not count.
   */
  async ask(expression: string, limit: number): Promise<string | undefined> {
    await this.#started;
    if (this.#hasEnded) return undefined;
    this.#message = Promise.withResolvers();
    const message = this.#message;
    const timer = setTimeout(async () => {
      // Where we were busy for that long ourselves, the answer may lie there unread.
      await nextTurn();
      message.resolve(undefined);
    }, limit);
    this.#port.postMessage(expression);
    try {
      return await message.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  abandon(): void {
    this.#hasEnded = true;
    this.#message.resolve(undefined);
  }

  end(): void {
    this.abandon();
    this.#port.close();
    // Deno 2.6, in the compiled programs, ends it in the midst of a loop; Deno 2.9 when that is over.
    this.#worker?.terminate();
  }
}
