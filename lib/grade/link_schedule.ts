/**
 * What a bad link does to the bytes that pass it: where it cuts them, and when
 * each piece arrives.
 *
 * @module
 */

import type { Random } from "./random.ts";

/** What a link is like. Times are in milliseconds. */
export interface LinkProfile {
  /** How long each byte is under way, at least. */
  readonly delay: number;
  /** How much longer some take, at most. */
  readonly jitter: number;
  /** Bytes per millisecond. */
  readonly rate: number;
  /** So many bytes of each direction come first, in segments of one byte each. */
  readonly singleBytes: number;
  /** How long after one of those the next one comes, at least. */
  readonly singleGap: number;
  /** The length of a longer segment, at most. */
  readonly segment: number;
  /** After how many bytes there is a pause, on average. */
  readonly bytesPerPause: number;
  /** The shortest and the longest pause. */
  readonly pause: readonly [number, number];
}

/** A link on which 10 MiB take about two seconds. */
export const BAD_LINK: LinkProfile = {
  delay: 20,
  jitter: 15,
  rate: 20 * 1024,
  singleBytes: 60,
  singleGap: 6,
  segment: 4 * 1460,
  bytesPerPause: 8 * 1024 * 1024,
  pause: [200, 500],
};

/** Some bytes, or the end of them, and when they arrive. */
export interface Segment {
  readonly at: number;
  readonly bytes: Uint8Array | "FIN";
}

/** Where one direction's bytes are cut, and when each segment arrives. */
export class Schedule {
  readonly #profile: LinkProfile;
  readonly #random: Random;
  #passed = 0;
  /** How many bytes the segment still gets that is being filled. */
  #room = 0;
  #nextPause: number;
  #departure = 0;
  #arrival = 0;

  constructor(profile: LinkProfile, random: Random) {
    this.#profile = profile;
    this.#random = random;
    // Even a small file meets the first one.
    this.#nextPause = random.between(0, 500);
  }

  /** Cuts what has come. */
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

  /** When the FIN arrives that is sent now. */
  end(): number {
    return this.#arrivalOf(0);
  }

  #segmentLength(): number {
    const { singleBytes, segment } = this.#profile;
    if (this.#passed < singleBytes || this.#random.between(0, 1) < 0.02) return 1;
    return Math.ceil(this.#random.between(0, segment));
  }

  #arrivalOf(length: number): number {
    const { delay, jitter, rate, singleBytes, singleGap, pause, bytesPerPause } = this.#profile;
    this.#departure = Math.max(performance.now(), this.#departure) + length / rate;
    let gap = this.#passed <= singleBytes && length > 0 ? singleGap : 0;
    if (this.#passed > this.#nextPause) {
      gap += this.#random.between(...pause);
      this.#nextPause += this.#random.between(0.5, 1.5) * bytesPerPause;
    }
    this.#departure += gap;
    const arrival = this.#departure + delay + this.#random.between(0, jitter);
    // TCP delivers in order, and no two of the single bytes at once.
    this.#arrival = Math.max(arrival, this.#arrival + (length === 1 ? gap : 0));
    return this.#arrival;
  }
}
