/**
 * Bytes, numbers and times as a person reads them.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\n": "\\n",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** Bytes as Python shows them, in quotes; of many, the first `limit` and how many there are. */
export function readable(bytes: Uint8Array, limit = 60): string {
  const text = Array.from(bytes.subarray(0, limit), character).join("");
  return bytes.length > limit ? `"${text}"… (${count(bytes.length, "byte")})` : `"${text}"`;
}

function character(byte: number): string {
  const character = String.fromCharCode(byte);
  const isPrintable = byte >= 0x20 && byte < 0x7f;
  return ESCAPES[character] ??
    (isPrintable ? character : `\\x${byte.toString(16).padStart(2, "0")}`);
}

/** `1 byte`, `2 bytes`, `10,485,761 bytes`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Milliseconds as `12.3 s`. */
export function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
