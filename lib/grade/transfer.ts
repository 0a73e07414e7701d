/** Maximum number of points kept of one transfer. */
const MAX_POINTS = 200;

/** Number of bytes transferred by a certain time. */
export interface Point {
  /** Milliseconds since the beginning. */
  readonly time: number;
  readonly bytes: number;
}

/** The progress of a file transfer over time. */
export class Transfer {
  readonly #begin = performance.now();
  #points: Point[] = [];
  #bytes = 0;
  #interval = 1;
  #last: Point = { time: 0, bytes: 0 };

  /** @param size number of bytes in the file */
  constructor(readonly name: string, readonly size: number) {}

  /** Records that `bytes` more have been transferred. */
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

  /** The points from the beginning to the last byte. */
  get points(): readonly Point[] {
    return [{ time: 0, bytes: 0 }, ...this.#points, this.#last];
  }
}
