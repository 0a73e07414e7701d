/**
 * Text and bytes on their way out of the program.
 *
 * @module
 */

/** Where a program writes. */
export interface Output {
  /** Whether a person reads it on a terminal. */
  readonly isTerminal: boolean;
  /**
   * Writes text or bytes; the bytes must stay as they are until this resolves.
   * Resolves when everything up to here is written, or can't be. Never rejects.
   */
  write(data: string | Uint8Array): Promise<void>;
}

/** A stream of the process, like `Deno.stdout`. */
interface Stream {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/**
 * Writes to a stream of the process, in order and without blocking the event
 * loop: text that comes while a write is under way goes out together in the next.
 */
export class StreamOutput implements Output {
  readonly #stream: Stream;
  readonly #onError: (error: unknown) => void;
  #waiting: (string | Uint8Array)[] = [];
  #flushing: Promise<void> | undefined;

  /** @param onError told when nobody reads the stream any more, or it can't be written */
  constructor(stream: Stream, onError: (error: unknown) => void) {
    this.#stream = stream;
    this.#onError = onError;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  async write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0) return;
    this.#waiting.push(data);
    this.#flushing ??= this.#flush();
    await this.#flushing;
  }

  /** Resolves when everything is written that was given so far. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        for (let bytes = this.#next(); bytes.length > 0;) {
          bytes = bytes.subarray(await this.#stream.write(bytes));
        }
      }
    } catch (error) {
      this.#waiting = [];
      this.#onError(error);
    } finally {
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
    const text = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
    return new TextEncoder().encode(text.join(""));
  }
}
