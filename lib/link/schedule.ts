import type { Random } from "./random.ts";

/** The properties of the link. Times are in milliseconds, sizes in bytes. It takes 2 s for 10 MiB. */
export const BAD_LINK = {
  /** Minimum latency. */
  delay: 20,
  /** Maximum latency on top of that. */
  jitter: 15,
  /** Bytes per millisecond. */
  rate: 20 * 1024,
  /** Number of bytes at the start of each direction that arrive in one-byte segments. */
  singleBytes: 60,
  /** Minimum time between two of those. */
  singleGap: 6,
  /** Maximum size of the other segments. */
  segment: 4 * 1460,
  /** Average number of bytes between pauses. */
  bytesPerPause: 8 * 1024 * 1024,
  /** Shortest and longest pause. */
  pause: [200, 500],
} as const;

/** Some bytes, or the end of the stream, and the time at which they arrive. */
export interface Segment {
  /** In terms of `performance.now()`. */
  readonly at: number;
  readonly bytes: Uint8Array | "FIN";
}

/** Decides where one direction's bytes are split and when each segment arrives. */
export class Schedule {
  readonly #random: Random;
  #passed = 0;
  /** Bytes that still fit in the segment being filled. */
  #room = 0;
  #nextPause: number;
  #departure = 0;
  #arrival = 0;

  constructor(random: Random) {
    this.#random = random;
    // Even a small file hits the first pause.
    this.#nextPause = random.between(0, 500);
  }

  /** Splits bytes into segments. */
  *cut(bytes: Uint8Array): Generator<Segment> {
    for (let at = 0; at < bytes.length;) {
      if (this.#room === 0) this.#room = this.#segmentLength();
      const segment = bytes.subarray(at, at + this.#room);
      at += segment.length;
      this.#room -= segment.length;
      this.#passed += segment.length;
      yield { at: this.#arrivalOf(segment.length), bytes: segment };
    }
  }

  /** Returns the arrival time of a FIN sent now. */
  end(): number {
    return this.#arrivalOf(0);
  }

  #segmentLength(): number {
    const { singleBytes, segment } = BAD_LINK;
    if (this.#passed < singleBytes || this.#random.between(0, 1) < 0.02) return 1;
    return Math.ceil(this.#random.between(0, segment));
  }

  #arrivalOf(length: number): number {
    const { delay, jitter, rate, singleBytes, singleGap, pause, bytesPerPause } = BAD_LINK;
    this.#departure = Math.max(performance.now(), this.#departure) + length / rate;
    let gap = this.#passed <= singleBytes && length > 0 ? singleGap : 0;
    if (this.#passed > this.#nextPause) {
      gap += this.#random.between(...pause);
      this.#nextPause += this.#random.between(0.5, 1.5) * bytesPerPause;
    }
    this.#departure += gap;
    const arrival = this.#departure + delay + this.#random.between(0, jitter);
    // TCP delivers in order, and single bytes must not arrive together.
    this.#arrival = Math.max(arrival, this.#arrival + (length === 1 ? gap : 0));
    return this.#arrival;
  }
}
