/**
 * Random, almost valid input.
 *
 * @module
 */

import { Random } from "../../lib/link/random.ts";
import { pick } from "./faults.ts";

/** A whole number from 0 up to, and without, `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random.between(0, limit));
}

/** A text of bytes (a character each) with up to three mistakes; `parts` are what may come in between. */
export function mutated(random: Random, text: string, parts: readonly string[]): string {
  for (let mistakes = below(random, 4); mistakes > 0; mistakes--) {
    const at = below(random, text.length + 1);
    const end = Math.min(text.length, at + below(random, 8));
    const mistake = pick(random, [
      String.fromCharCode(below(random, 256)),
      pick(random, parts),
      text.slice(at, end).repeat(2),
      "",
    ]);
    text = text.slice(0, at) + mistake + text.slice(end);
  }
  return below(random, 20) === 0 ? text.slice(0, below(random, text.length + 1)) : text;
}

/** So many bytes as a text. */
export function noise(random: Random, length: number): string {
  return String.fromCharCode(...Array.from({ length }, () => below(random, 256)));
}

/** The bytes of such a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Bytes as such a text. */
export function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The bytes split into one to ten pieces. */
export function split(random: Random, bytes: Uint8Array): Uint8Array[] {
  const cuts = Array.from({ length: below(random, 10) }, () => below(random, bytes.length + 1));
  const ends = [...cuts.sort((a, b) => a - b), bytes.length];
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}
