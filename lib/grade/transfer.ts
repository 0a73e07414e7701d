/** The most points that are kept of one transfer. */
const MAX_POINTS = 200;

/** How many bytes were over at a time. */
export interface Point {
  /** Since the first point, in milliseconds. */
  readonly time: number;
  readonly bytes: number;
}

/** A file on its way, recorded to be drawn. */
export class Transfer {
  readonly #begin = performance.now();
  #points: Point[] = [];
  #bytes = 0;
  #interval = 1;
  #last: Point = { time: 0, bytes: 0 };

  /** @param size how many bytes the file has */
  constructor(readonly name: string, readonly size: number) {}

  /** So many bytes more are over. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#last = { time: performance.now() - this.#begin, bytes: this.#bytes };
    const before = this.#points.at(-1);
    if (before !== undefined && this.#last.time - before.time < this.#interval) return;
    this.#points.push(this.#last);
    if (this.#points.length === MAX_POINTS) {
      this.#points = this.#points.filter((_, i) => i % 2 === 0);
      this.#interval *= 2;
    }
  }

  /** From the beginning to the last byte. */
  get points(): readonly Point[] {
    return [{ time: 0, bytes: 0 }, ...this.#points, this.#last];
  }
}
