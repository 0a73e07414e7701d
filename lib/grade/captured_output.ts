import { Change } from "../link/change.ts";
import { join } from "./bytes.ts";
import { within } from "./waiting.ts";

/** Number of bytes kept from each end of a stream. */
const KEPT = 32 * 1024;

/** One output stream of a program, read to its end; only the two ends are kept. */
export class CapturedOutput {
  /** Number of bytes received so far. */
  total = 0;
  /** Resolves when every process that inherited the stream has closed it. */
  readonly end: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onBytes: (total: number) => void;
  readonly #change = new Change();
  #head = new Uint8Array(0);
  #tail = new Uint8Array(0);
  #isOver = false;

  /** @param onBytes called with the total whenever it grows */
  constructor(stream: ReadableStream<Uint8Array>, onBytes: (total: number) => void) {
    this.#reader = stream.getReader();
    this.#onBytes = onBytes;
    this.end = this.#collect();
  }

  /** The text received; a note replaces what was dropped from the middle. */
  get text(): string {
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const dropped = this.total - this.#head.length - this.#tail.length;
    if (dropped === 0) return decode(join(this.#head, this.#tail));
    return `${decode(this.#head)}\n… ${dropped} bytes omitted …\n${decode(this.#tail)}`;
  }

  /** Waits for the text to pass the test, until the stream ends or `timeout` ms have passed. */
  async until(test: (text: string) => boolean, timeout: number): Promise<boolean> {
    const end = performance.now() + timeout;
    while (!test(this.text) && !this.#isOver) {
      const change = this.#change.next.then(() => true);
      if (!await within(end - performance.now(), change)) break;
    }
    return test(this.text);
  }

  /** Stops reading, even before the end. */
  async stop(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  async #collect(): Promise<void> {
    while (!this.#isOver) {
      const { value } = await this.#reader.read().catch(() => ({ value: undefined }));
      if (value === undefined) {
        this.#isOver = true;
      } else {
        this.#add(value);
        this.#onBytes(this.total);
      }
      this.#change.announce();
    }
  }

  #add(bytes: Uint8Array): void {
    this.total += bytes.length;
    const room = KEPT - this.#head.length;
    if (room > 0) this.#head = join(this.#head, bytes.subarray(0, room));
    this.#tail = join(this.#tail, bytes.subarray(room > 0 ? room : 0)).slice(-KEPT);
  }
}
