const ESCAPES: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\n": "\\n",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** Bytes in quotes, as Python shows them; beyond `limit` bytes, only the total number. */
export function readable(bytes: Uint8Array | string, limit = 60): string {
  if (typeof bytes === "string") return readable(new TextEncoder().encode(bytes), limit);
  const text = Array.from(bytes.subarray(0, limit), escaped).join("");
  return bytes.length > limit ? `"${text}"… (${count(bytes.length, "byte")})` : `"${text}"`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  const isPrintable = byte >= 0x20 && byte < 0x7f;
  return ESCAPES[character] ??
    (isPrintable ? character : `\\x${byte.toString(16).padStart(2, "0")}`);
}

/** `1 byte`, `2 bytes`, `10,485,761 bytes`. */
export function count(number: number, noun: string): string {
  const grouped = String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped} ${noun}${number === 1 ? "" : "s"}`;
}

/** Milliseconds as `12.3 s`. */
export function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
