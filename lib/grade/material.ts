import { Random } from "../link/random.ts";

const LARGE = 10 * 1024 * 1024;
const SMALL = 500;
/** Number of different files of each size. */
const FILES = 10;
/** Distance between the beginnings of two files. */
const STEP = 4099;

/** Number of bytes that a client sends first. */
export const FIRST_PIECE = 256;
/** The end of every first piece: a zero, invalid UTF-8, and both kinds of line ending. */
const ODD_BYTES = [0xff, 0x00, 0xc3, 0x28, 0x0a, 0x0d, 0x0a];

/** The files to send: overlapping parts of random bytes, which are not valid text. */
export class Material {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #odd: number;

  constructor(seed: number) {
    const random = new Random(seed);
    this.#odd = 1 + random.word() % 19;
    const words = new Uint32Array((LARGE + FILES * STEP + 4096) / 4 | 0);
    for (let i = 0; i < words.length; i++) words[i] = random.word();
    this.#bytes = new Uint8Array(words.buffer);
    for (let i = 0; i < FILES; i++) {
      // No file may begin like the optional end of a confirmation.
      this.#bytes[i * STEP] = 0xff;
      this.#bytes.set(ODD_BYTES, i * STEP + FIRST_PIECE - ODD_BYTES.length);
    }
  }

  /** The `index`th file of about 500 bytes, from 0 to 9. */
  small(index = 0): Uint8Array<ArrayBuffer> {
    return this.#cut(index, SMALL + this.#odd + index);
  }

  /** The `index`th file of about 10 MiB, from 0 to 9. No common block size divides its length. */
  large(index = 0): Uint8Array<ArrayBuffer> {
    return this.#cut(index, LARGE + 16 * this.#odd + 3 + index);
  }

  #cut(index: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(index * STEP, index * STEP + length);
  }
}
