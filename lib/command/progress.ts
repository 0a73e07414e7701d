import type { Output } from "./output.ts";

/** Shortest time between two updates, in milliseconds. */
const INTERVAL = 100;
/** Width of the bar, in columns. */
const WIDTH = 30;

/** The state of a transfer with its rate and the time left, shown in one line on a terminal. */
export class Progress implements Disposable {
  readonly #output: Output;
  readonly #total: number | undefined;
  readonly #begin = performance.now();
  #done = 0;
  #drawn = -Infinity;

  /** @param total size of the transfer in bytes, if it is known */
  constructor(output: Output, total: number | undefined) {
    this.#output = output;
    this.#total = total;
  }

  /** Counts more bytes as transferred. */
  add(bytes: number): void {
    this.#done += bytes;
    if (performance.now() - this.#drawn >= INTERVAL) this.#draw("");
  }

  [Symbol.dispose](): void {
    this.#draw("\n");
  }

  #draw(end: string): void {
    this.#drawn = performance.now();
    if (!this.#output.isTerminal) return;
    const seconds = (this.#drawn - this.#begin) / 1000;
    this.#output.write(`\r\x1b[2K${progressLine(this.#done, this.#total, seconds)}${end}`);
  }
}

/** The text of the line. */
export function progressLine(done: number, total: number | undefined, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  if (total === undefined) return `${size(done)}  ${size(rate)}/s`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const bar = "#".repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, ".");
  const percent = `${Math.floor(share * 100)} %`;
  const left = rate > 0 ? `  ${Math.ceil(Math.max(0, total - done) / rate)} s left` : "";
  return `[${bar}] ${percent}  ${size(done)} of ${size(total)}  ${size(rate)}/s${left}`;
}

/** A number of bytes with its unit. */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
