/**
 * Text and bytes on their way out of the program.
 *
 * @module
 */

/** Where a program writes. */
export interface Output {
  /** Whether a person reads it on a terminal. */
  readonly isTerminal: boolean;
  /** Resolves when everything up to here is written. Never rejects: a reader that is gone is no error of the program's. */
  write(text: string): Promise<void>;
}

/** A stream of the process, like `Deno.stdout`. */
interface Stream {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/**
 * Writes to a stream of the process, in order and without blocking the event
 * loop: what comes while a write is under way goes out together in the next.
 */
export class StreamOutput implements Output {
  readonly #stream: Stream;
  readonly #onClosed: (error: unknown) => void;
  #waiting = "";
  #flushing: Promise<void> | undefined;

  /** @param onClosed told when nobody reads the stream any more */
  constructor(stream: Stream, onClosed: (error: unknown) => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  async write(text: string): Promise<void> {
    if (text === "") return;
    this.#waiting += text;
    this.#flushing ??= this.#flush();
    await this.#flushing;
  }

  /** Resolves when everything is written that was given so far. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting !== "") {
        let bytes = new TextEncoder().encode(this.#waiting);
        this.#waiting = "";
        while (bytes.length > 0) {
          bytes = bytes.subarray(await this.#stream.write(bytes));
        }
      }
    } catch (error) {
      this.#onClosed(error);
    } finally {
      this.#flushing = undefined;
    }
  }
}
