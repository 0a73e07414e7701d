import {
  CONFIRMATION,
  CRLF,
  type Edition,
  GREETING,
  SECOND_CONFIRMATION,
} from "../../accio/protocol.ts";
import { count } from "../readable.ts";

const FIRST = CONFIRMATION.length;
const SECOND = SECOND_CONFIRMATION.length;

/** Parts of the handshake that are easily counted as part of the file, by their length. */
const HANDSHAKE_PARTS: ReadonlyMap<number, string> = new Map([
  [CRLF.length, "the blank line after the second confirmation"],
  [FIRST, "the first confirmation"],
  [SECOND, "the second confirmation"],
  [SECOND + CRLF.length, "the second confirmation and the blank line after it"],
  [FIRST + SECOND + CRLF.length, "both confirmations"],
  [GREETING.length, "a greeting"],
]);

/** How a wrong number of bytes differs from the right one, and the likely cause. */
export function difference(wrong: number, right: number, edition: Edition): string {
  const bytes = count(Math.abs(wrong - right), "byte");
  if (wrong < right) {
    return `${bytes} too few. What recv() returns after the end of the handshake belongs to the file. And a recv() that returns less than it could is not the end; only one that returns nothing is.`;
  }
  const part = edition === "confirm" ? HANDSHAKE_PARTS.get(wrong - right) : undefined;
  return part === undefined
    ? `${bytes} too many. Only the file's bytes count: len(data) of each recv(), and nothing of the handshake.`
    : `${bytes} too many: ${part}. The handshake is not part of the file: remove exactly its bytes, and keep those after it.`;
}
