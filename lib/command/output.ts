/**
 * Text and bytes on their way out of the program.
 *
 * @module
 */

import { pause, TICK } from "./ticks.ts";

/** Where a program writes. */
export interface Output {
  /** Whether a person reads it on a terminal. */
  readonly isTerminal: boolean;
  /** The line that reports how many lines were dropped, where the output drops any. */
  droppedLine?: (count: number) => string;
  /**
   * Writes text or bytes; the bytes must stay as they are until this resolves. Resolves when
   * everything up to here is written, or can't be. If the stream takes nothing for a while, it
   * resolves for text as long as little of it waits. Never rejects.
   */
  write(data: string | Uint8Array): Promise<void>;
}

/** A stream of the process, like `Deno.stdout`. */
interface Stream {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/** How a stream is written. */
export interface StreamOptions {
  /** Called when nobody reads the stream any more, or it can't be written. */
  readonly onError?: (error: unknown) => void;
  /**
   * Number of characters that may wait; text beyond it is dropped until the stream takes some,
   * and then a line reports how many lines are missing.
   *
   * @default Infinity
   */
  readonly limit?: number;
  /**
   * A piece without a newline that is smaller than this is kept by the runtime when the stream
   * is full, and written before the next one.
   *
   * @default 0
   */
  readonly lineBuffer?: number;
  /**
   * Whether the stream is a regular file, which is never full for a while; asked once, before
   * the first bytes that a pipe does not take at once.
   */
  readonly isFile?: () => Promise<boolean>;
}

/** Up to this size a pipe takes a piece whole or not at all. */
const PIPE_BUF = Deno.build.os === "linux" ? 4096 : 512;
/** Shortest and longest pause before a full stream is tried again, in milliseconds. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [1, 20];
/** Number of characters that may wait without holding up whoever writes more. */
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
 * Writes to a stream of the process, in order and without blocking the event
 * loop: text that comes while a write is under way goes out together in the next.
 *
 * A non-blocking stream that is full is tried again until it takes more. An error
 * does not tell how much of a piece was written before, and `Deno.stdout` buffers what
 * follows the last newline. So no piece is larger than a pipe takes at once, and none
 * has a newline in its middle: then either all of it is written (or buffered), or nothing.
 */
export class StreamOutput implements Output {
  readonly #stream: Stream;
  readonly #onError: (error: unknown) => void;
  readonly #limit: number;
  readonly #lineBuffer: number;
  readonly #isFile: () => Promise<boolean>;
  #pieceSize: number | undefined;
  #waiting: (string | Uint8Array)[] = [];
  /** Number of characters among those. */
  #characters = 0;
  /** Number of lines that were dropped since the last piece. */
  #dropped = 0;
  /** Number of pieces that were written. */
  #written = 0;
  #flushing: Flush | undefined;
  #isGivenUp = false;

  droppedLine = (count: number): string =>
    `${count} ${count === 1 ? "line" : "lines"} dropped here: standard error was not read`;

  constructor(
    stream: Stream,
    {
      onError = () => {},
      limit = Infinity,
      lineBuffer = 0,
      isFile = () => Promise.resolve(false),
    }: StreamOptions = {},
  ) {
    this.#stream = stream;
    this.#onError = onError;
    this.#limit = limit;
    this.#lineBuffer = lineBuffer;
    this.#isFile = isFile;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  async write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0 || this.#isGivenUp) return;
    if (typeof data === "string") {
      const isFull = this.#characters > 0 && this.#characters + data.length > this.#limit;
      if (isFull || this.#dropped > 0) {
        this.#dropped += data.split("\n").length - 1;
        return;
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
  }

  /** Resolves when everything is written that was given so far, or can't be. */
  async flushed(): Promise<void> {
    await this.#flushing?.done.promise;
  }

  /**
   * From now on, gives up what waits when none of it could be written for `stalled` ticks, or
   * anything is left after `total` ticks.
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
        for (let bytes = this.#next(); bytes.length > 0 && !this.#isGivenUp;) {
          bytes = bytes.subarray(await this.#writePiece(bytes));
          this.#written++;
        }
      }
    } catch (error) {
      [this.#waiting, this.#characters, this.#dropped] = [[], 0, 0];
      this.#onError(error);
    } finally {
      this.#flushing?.done.resolve();
      this.#flushing = undefined;
    }
  }

  /** The bytes that wait longest, or all the text before the next bytes. */
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

  /** Writes the first bytes, as soon as there is room, and returns how many. */
  async #writePiece(bytes: Uint8Array): Promise<number> {
    let piece = bytes;
    if (bytes.length > PIPE_BUF) this.#pieceSize ??= await this.#isFile() ? Infinity : PIPE_BUF;
    if (this.#pieceSize !== Infinity) piece = cut(bytes);
    let buffered = 0;
    for (let time = SHORTEST_PAUSE; !this.#isGivenUp; time = Math.min(2 * time, LONGEST_PAUSE)) {
      try {
        return buffered + await this.#stream.write(piece);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      }
      if (piece.length < this.#lineBuffer && piece.at(-1) !== NEWLINE) {
        buffered += piece.length;
        piece = NOTHING;
      }
      await pause(time);
    }
    return 0;
  }
}

/** A first piece that a pipe takes at once or not at all. */
function cut(bytes: Uint8Array): Uint8Array {
  const piece = bytes.subarray(0, PIPE_BUF);
  const end = piece.lastIndexOf(NEWLINE) + 1;
  return end > 0 ? piece.subarray(0, end) : piece;
}
