/**
 * The tokens of an expression.
 *
 * @module
 */

import { InvalidStatement } from "./budget.ts";
import { MAX_DIGITS } from "./integer.ts";

/** The value of a number, or the text of a name or symbol. */
export type Token = bigint | number | string;

const DIGITS = String.raw`\d(?:_?\d)*`;
const EXPONENT = `[eE][+-]?${DIGITS}`;
/** What must not follow a number, or `1_`, `0777` and `1.5.2` would be several tokens. */
const END = String.raw`(?![\w.])`;

const INTEGER =
  `(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\\d)*|0(?:_?0)*)${END}`;
const FLOAT =
  `(?:(?:${DIGITS})?\\.${DIGITS}(?:${EXPONENT})?|${DIGITS}\\.(?:${EXPONENT})?|${DIGITS}${EXPONENT})${END}`;
const WORD = String.raw`\*\*|//|[<>=!]=|[-+*/%<>(),[\]]|[a-z]+`;
const TOKEN = new RegExp(`[ \\t\\f]*(?:(${INTEGER})|(${FLOAT})|(${WORD})|$|([^]))`, "g");

/**
 * Splits an expression into its tokens.
 *
 * @throws {InvalidStatement} if something else is in it
 */
export function* tokens(expression: string): Generator<Token, undefined> {
  for (const [, integer, float, word, other] of expression.matchAll(TOKEN)) {
    if (integer !== undefined) yield integerFrom(integer);
    if (float !== undefined) yield floatFrom(float);
    if (word !== undefined) yield word;
    if (other !== undefined) throw new InvalidStatement(`${other} begins no token`);
  }
}

function integerFrom(text: string): bigint {
  const digits = text.replaceAll("_", "");
  if (/^\d+$/.test(digits) && digits.length > MAX_DIGITS) throw tooLong();
  return BigInt(digits);
}

/** A float beyond the largest one is infinite, but not with an exponent for too many digits. */
function floatFrom(text: string): number {
  const digits = text.replaceAll("_", "");
  const [, exponent = "0"] = digits.split(/e/i);
  if (Number(exponent) >= MAX_DIGITS) throw tooLong();
  return Number(digits);
}

function tooLong(): InvalidStatement {
  return new InvalidStatement(`more than ${MAX_DIGITS} digits`);
}
