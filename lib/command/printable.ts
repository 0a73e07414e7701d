/**
 * Characters that a terminal obeys instead of showing: control characters of ASCII and Latin-1,
 * and those of Unicode that change the direction of text or end a line.
 */
// deno-lint-ignore no-control-regex -- It matches control characters on purpose.
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text with each control character as its code, like `\x1b`: safe to show on a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}
