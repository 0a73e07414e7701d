import { type Output, OutputLost } from "../command/output.ts";
import { ERROR } from "./protocol.ts";
import type { Sink } from "./receive.ts";

/** Counts a file's bytes. Prints the count as a decimal number, or {@linkcode ERROR}. */
export class CountSink implements Sink {
  readonly #output: Output;
  #count = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  write(bytes: Uint8Array): void {
    this.#count += bytes.length;
  }

  async close(): Promise<void> {
    if (!await this.#output.write(`${this.#count}\n`)) throw new OutputLost();
  }

  async abort(): Promise<void> {
    await this.#output.write(`${ERROR}\n`);
  }
}
