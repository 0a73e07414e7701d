/**
 * The files that are sent.
 *
 * @module
 */

import { Random } from "../link/random.ts";

const LARGE = 10 * 1024 * 1024;
const SMALL = 500;
/** How many different files there are of each size. */
const FILES = 10;
/** The next file begins so many bytes later. */
const STEP = 4099;

/** Bytes from a seed, of which all files are cut. They have no meaning as text. */
export class Material {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #odd: number;

  constructor(seed: number) {
    const random = new Random(seed);
    this.#odd = 1 + random.word() % 19;
    const words = new Uint32Array((LARGE + FILES * STEP + 4096) / 4 | 0);
    for (let i = 0; i < words.length; i++) words[i] = random.word();
    this.#bytes = new Uint8Array(words.buffer);
    // A file's own first byte is never taken for the end of a confirmation.
    for (let i = 0; i < FILES; i++) this.#bytes[i * STEP] = 0xff;
  }

  /** The `index`th file of about 500 bytes, from 0 to 9. */
  small(index = 0): Uint8Array<ArrayBuffer> {
    return this.#cut(index, SMALL + this.#odd + index);
  }

  /** The `index`th file of about 10 MiB, from 0 to 9; the length is odd for most block sizes. */
  large(index = 0): Uint8Array<ArrayBuffer> {
    return this.#cut(index, LARGE + 16 * this.#odd + 3 + index);
  }

  #cut(index: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(index * STEP, index * STEP + length);
  }
}
