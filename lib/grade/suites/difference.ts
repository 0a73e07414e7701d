import {
  CONFIRMATION,
  CRLF,
  type Edition,
  GREETING,
  SECOND_CONFIRMATION,
} from "../../accio/protocol.ts";
import { count } from "../readable.ts";

/** What is easily taken for a part of the file. */
const HANDSHAKE_PARTS: readonly { readonly length: number; readonly name: string }[] = [
  { name: "the blank line after the second confirmation", length: CRLF.length },
  { name: "the first confirmation", length: CONFIRMATION.length },
  { name: "the second confirmation", length: SECOND_CONFIRMATION.length },
  {
    name: "the second confirmation and the blank line after it",
    length: SECOND_CONFIRMATION.length + CRLF.length,
  },
  {
    name: "both confirmations",
    length: CONFIRMATION.length + SECOND_CONFIRMATION.length + CRLF.length,
  },
  { name: "a greeting", length: GREETING.length },
];

/** How a wrong number of bytes differs from the right one, and the likely cause. */
export function difference(wrong: number, right: number, edition: Edition): string {
  if (wrong < right) {
    return `${
      count(right - wrong, "byte")
    } too few. What recv returns together with the end of the handshake is the file's beginning; and a recv that returns less than it may is not the end: only one that returns nothing is.`;
  }
  const more = wrong - right;
  const part = HANDSHAKE_PARTS.find(({ length }) => edition === "confirm" && length === more);
  return part === undefined
    ? `${
      count(more, "byte")
    } too many. Only the file's own bytes belong to it: take exactly len(data) of each recv, and nothing of the handshake.`
    : `${
      count(more, "byte")
    } too many: ${part.name}. The handshake is not part of the file: take off exactly its bytes, and keep what came behind them.`;
}

/** Where two contents differ first: at an index, or at the end of the shorter one. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number | undefined {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i]) return i;
  }
  return one.length === other.length ? undefined : length;
}
