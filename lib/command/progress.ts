import type { Output } from "./output.ts";

/** How often the line is drawn at most, in milliseconds. */
const INTERVAL = 100;
const WIDTH = 30;

/**
 * A line that shows how far a transfer has come, with its rate and the time
 * left. It is drawn on a terminal only.
 */
export class Progress implements Disposable {
  readonly #output: Output;
  readonly #shown: boolean;
  readonly #total: number | undefined;
  readonly #begin = performance.now();
  #done = 0;
  #drawn = -Infinity;

  /** @param total how many bytes there are in all, where that is known */
  constructor(output: Output, total: number | undefined) {
    this.#output = output;
    this.#shown = output.isTerminal;
    this.#total = total;
  }

  /** So many bytes more are done. */
  add(bytes: number): void {
    this.#done += bytes;
    if (this.#shown && performance.now() - this.#drawn >= INTERVAL) {
      this.#draw("");
    }
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#draw("\n");
  }

  #draw(end: string): void {
    this.#drawn = performance.now();
    const seconds = (this.#drawn - this.#begin) / 1000;
    const line = progressLine(this.#done, this.#total, seconds);
    this.#output.write(`\r\x1b[2K${line}${end}`);
  }
}

/** What the line says. */
export function progressLine(
  done: number,
  total: number | undefined,
  seconds: number,
): string {
  const rate = seconds > 0 ? done / seconds : 0;
  if (total === undefined) return `${size(done)}  ${size(rate)}/s`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const bar = "#".repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, ".");
  const percent = `${Math.floor(share * 100)} %`;
  const left = rate > 0 ? `  ${Math.ceil(Math.max(0, total - done) / rate)} s left` : "";
  return `[${bar}] ${percent}  ${size(done)} of ${size(total)}  ${size(rate)}/s${left}`;
}

/** A number of bytes for a person. */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(
    units.length - 1,
    Math.floor(Math.log2(Math.max(1, bytes)) / 10),
  );
  const value = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
