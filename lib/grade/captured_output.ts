/**
 * What a program writes, as far as anyone wants to read it.
 *
 * @module
 */

import { Change } from "../link/change.ts";

/** So many bytes of a stream are kept from its beginning, and as many from its end. */
const KEPT = 32 * 1024;

/** One stream of a program: it is read to its end, but only its two ends are kept. */
export class CapturedOutput {
  /** How many bytes came in all. */
  total = 0;
  /** Resolves when the program, and whoever inherited the stream, has closed it. */
  readonly end: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onBytes: (total: number) => void;
  #head = new Uint8Array(0);
  #tail = new Uint8Array(0);
  readonly #change = new Change();

  /** @param onBytes told the total whenever it has grown */
  constructor(stream: ReadableStream<Uint8Array>, onBytes: (total: number) => void) {
    this.#reader = stream.getReader();
    this.#onBytes = onBytes;
    this.end = this.#collect();
  }

  /** What came; what was left out of the middle is told. */
  get text(): string {
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const left = this.total - this.#head.length - this.#tail.length;
    if (left === 0) return decode(join(this.#head, this.#tail));
    return `${decode(this.#head)}\n… ${left} bytes are left out …\n${decode(this.#tail)}`;
  }

  /** Waits until the text passes the test or the stream ends, but no longer than `timeout` ms. */
  async until(test: (text: string) => boolean, timeout: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(true), timeout);
    const ended = this.end.then(() => true);
    try {
      while (!test(this.text)) {
        const change = this.#change.next.then(() => false);
        if (await Promise.race([ended, late.promise, change])) return test(this.text);
      }
      return true;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads no more, although the stream may not have ended. */
  async stop(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  async #collect(): Promise<void> {
    for (;;) {
      const { value } = await this.#reader.read().catch(() => ({ value: undefined }));
      if (value === undefined) break;
      this.#add(value);
      this.#onBytes(this.total);
      this.#change.announce();
    }
    this.#change.announce();
  }

  #add(bytes: Uint8Array): void {
    this.total += bytes.length;
    const room = KEPT - this.#head.length;
    if (room > 0) this.#head = join(this.#head, bytes.subarray(0, room));
    this.#tail = join(this.#tail, bytes.subarray(room > 0 ? room : 0)).slice(-KEPT);
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
