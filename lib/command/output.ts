/**
 * Standard output and standard error.
 *
 * @module
 */

import { pause, TICK } from "./ticks.ts";
import { whenReady } from "./when_ready.ts";

/** A stream that a program writes to. */
export interface Output {
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
  /** The line that reports the number of dropped lines, if the output drops any. */
  droppedLine?: (count: number) => string;
  /**
   * Writes text, or bytes that must not change before this resolves. Resolves when everything up
   * to here is written or lost, with whether it was not lost. If the stream takes nothing for a
   * while, it also resolves for text as long as little of it waits. Never rejects.
   */
  write(data: string | Uint8Array): Promise<boolean>;
}

/** The output is closed, full or given up: what was written to it is lost. */
export class OutputLost extends Error {
  override readonly name = "OutputLost";

  constructor() {
    super("standard output did not take the result");
  }
}

/** A stream of the process, like `Deno.stdout`. */
interface Stream {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/** Settings of a {@linkcode StreamOutput}. */
export interface StreamOptions {
  /** Called when the stream is closed or can't be written. */
  readonly onError?: (error: unknown) => void;
  /**
   * Largest number of waiting characters. Text beyond it is dropped until the stream takes some;
   * then a line reports the number of missing lines.
   *
   * @default Infinity
   */
  readonly limit?: number;
  /**
   * The runtime keeps a smaller piece without a newline when the stream is full, and writes it
   * before the next one.
   *
   * @default 0
   */
  readonly lineBuffer?: number;
  /**
   * Shortest time between two writes, in milliseconds: lines that follow each other quickly go out
   * together, as each write costs a turn on another thread.
   *
   * @default 0
   */
  readonly interval?: number;
  /**
   * Whether the stream is a regular file, which is never full; called once, before the first
   * bytes that are too many for a pipe.
   */
  readonly isFile?: () => Promise<boolean>;
}

const DEFAULTS: Required<StreamOptions> = {
  onError: () => {},
  limit: Infinity,
  lineBuffer: 0,
  interval: 0,
  isFile: () => Promise.resolve(false),
};

/** Largest size, in bytes, that a pipe takes whole or not at all. */
const PIPE_BUF = Deno.build.os === "linux" ? 4096 : 512;
/** Number of waiting characters at which writers have to wait. */
const CREDIT = 64 * 1024;
/** Time (ms) after which a stream that is being written counts as unread. */
const UNREAD = 100;
const NEWLINE = 10;
const NOTHING: Uint8Array = new Uint8Array(0);

/** A run of writes, until nothing waits. */
interface Flush {
  readonly done: PromiseWithResolvers<void>;
  /** Resolved when it is done, or after {@linkcode UNREAD} ms. */
  readonly unread: PromiseWithResolvers<void>;
}

function newFlush(): Flush {
  const flush: Flush = { done: Promise.withResolvers(), unread: Promise.withResolvers() };
  const timer = setTimeout(flush.unread.resolve, UNREAD);
  flush.done.promise.then(() => {
    clearTimeout(timer);
    flush.unread.resolve();
  });
  return flush;
}

/**
 * Writes to a stream of the process, in order and without blocking the event loop. Text that is
 * added during a write goes out with the next one.
 *
 * A full non-blocking stream rejects a write without reporting how much it took, and `Deno.stdout`
 * buffers what follows the last newline. So no piece is larger than a pipe takes at once, and each
 * either ends with a newline or has none: then all of it is written (or buffered), or nothing.
 */
export class StreamOutput implements Output {
  readonly #stream: Stream;
  readonly #options: Required<StreamOptions>;
  #pieceSize: number | undefined;
  #waiting: (string | Uint8Array)[] = [];
  /** Number of characters in the waiting text. */
  #characters = 0;
  /** Number of lines dropped since the last piece. */
  #dropped = 0;
  /** Number of pieces written. */
  #written = 0;
  #flushing: Flush | undefined;
  #isGivenUp = false;
  #hasFailed = false;
  /** When the last write ended. */
  #lastWrite = -Infinity;

  droppedLine = (count: number): string =>
    `${count} ${count === 1 ? "line" : "lines"} dropped here: standard error was not read`;

  constructor(stream: Stream, options: StreamOptions = {}) {
    this.#stream = stream;
    this.#options = { ...DEFAULTS, ...options };
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  async write(data: string | Uint8Array): Promise<boolean> {
    if (data.length === 0) return true;
    if (this.#isGivenUp) return false;
    if (typeof data === "string") {
      const isFull = this.#characters > 0 && this.#characters + data.length > this.#options.limit;
      if (isFull || this.#dropped > 0) {
        this.#dropped += data.split("\n").length - 1;
        return false;
      }
      this.#characters += data.length;
    }
    this.#waiting.push(data);
    if (this.#flushing === undefined) {
      this.#flushing = newFlush();
      this.#flush();
    }
    const { done, unread } = this.#flushing;
    const hasCredit = typeof data === "string" && this.#characters < CREDIT;
    await (hasCredit ? unread : done).promise;
    return !this.#isGivenUp && !this.#hasFailed;
  }

  /** Resolves when everything up to here is written or lost. */
  async flushed(): Promise<void> {
    await this.#flushing?.done.promise;
  }

  /**
   * From now on, drops what waits when nothing was taken for `stalled` ticks, or when something is
   * left after `total` ticks.
   */
  hurry({ stalled, total = Infinity }: { stalled: number; total?: number }): void {
    let [passed, idle, written] = [0, 0, this.#written];
    const timer = setInterval(() => {
      const isIdle = this.#flushing !== undefined && written === this.#written;
      [passed, idle, written] = [passed + 1, isIdle ? idle + 1 : 0, this.#written];
      if (idle < stalled && passed < total) return;
      clearInterval(timer);
      this.#giveUp();
    }, TICK);
  }

  #giveUp(): void {
    this.#isGivenUp = true;
    this.#waiting = [];
    this.#flushing?.done.resolve();
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const rest = this.#lastWrite + this.#options.interval - performance.now();
        if (rest > 0) await pause(rest);
        for (let bytes = this.#next(); bytes.length > 0 && !this.#isGivenUp;) {
          bytes = bytes.subarray(await this.#writePiece(bytes));
          this.#written++;
        }
        this.#lastWrite = performance.now();
      }
    } catch (error) {
      this.#hasFailed = true;
      [this.#waiting, this.#characters, this.#dropped] = [[], 0, 0];
      this.#options.onError(error);
    } finally {
      this.#flushing?.done.resolve();
      this.#flushing = undefined;
    }
  }

  /** The first bytes that wait, or all the text before them. */
  #next(): Uint8Array {
    const [first] = this.#waiting;
    if (first instanceof Uint8Array) {
      this.#waiting.shift();
      return first;
    }
    const end = this.#waiting.findIndex((data) => data instanceof Uint8Array);
    const text = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end).join("");
    this.#characters -= text.length;
    const notice = this.#dropped > 0 ? `${this.droppedLine(this.#dropped)}\n` : "";
    this.#dropped = 0;
    return new TextEncoder().encode(text + notice);
  }

  /** Writes the first bytes as soon as there is room, and returns their number. */
  async #writePiece(bytes: Uint8Array): Promise<number> {
    let piece = bytes;
    if (bytes.length > PIPE_BUF) {
      this.#pieceSize ??= await this.#options.isFile() ? Infinity : PIPE_BUF;
    }
    if (this.#pieceSize !== Infinity) piece = cut(bytes);
    let buffered = 0;
    const written = await whenReady(() => this.#stream.write(piece), () => {
      if (piece.length < this.#options.lineBuffer && piece.at(-1) !== NEWLINE) {
        buffered += piece.length;
        piece = NOTHING;
      }
      return !this.#isGivenUp;
    });
    return buffered + (written ?? 0);
  }
}

/** The first piece, which a pipe takes whole or not at all. */
function cut(bytes: Uint8Array): Uint8Array {
  const piece = bytes.subarray(0, PIPE_BUF);
  const end = piece.lastIndexOf(NEWLINE) + 1;
  return end > 0 ? piece.subarray(0, end) : piece;
}
