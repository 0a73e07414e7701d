import { ERROR } from "./protocol.ts";
import type { Sink } from "./receive.ts";

/** Counts a file's bytes. Prints the count as a decimal number, or {@linkcode ERROR}. */
export class CountSink implements Sink {
  readonly #print: (result: string) => Promise<void>;
  #count = 0;

  constructor(print: (result: string) => Promise<void>) {
    this.#print = print;
  }

  write(bytes: Uint8Array): void {
    this.#count += bytes.length;
  }

  async close(): Promise<void> {
    await this.#print(`${this.#count}`);
  }

  async abort(): Promise<void> {
    await this.#print(ERROR);
  }
}
