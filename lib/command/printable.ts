/**
 * Characters that a terminal would obey instead of showing: the controls of ASCII and Latin-1,
 * and those of Unicode that change the direction of text or end a line.
 */
// deno-lint-ignore no-control-regex -- These are what it is about.
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of unknown origin for a terminal: each control character as a number, like `\x1b`. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}
