/** Maximum number of points reported of one transfer. */
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
  readonly #points: Point[] = [];
  #bytes = 0;

  /** @param size number of bytes in the file */
  constructor(readonly name: string, readonly size: number) {}

  /** Records that `bytes` more have been transferred. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#points.push({ time: performance.now() - this.#begin, bytes: this.#bytes });
  }

  /** Points from the beginning to the last byte, evenly thinned out. */
  get points(): readonly Point[] {
    const begin = { time: 0, bytes: 0 };
    const step = Math.ceil(this.#points.length / MAX_POINTS);
    const some = this.#points.filter((_, i) => i % step === 0);
    return [begin, ...some, this.#points.at(-1) ?? begin];
  }
}
