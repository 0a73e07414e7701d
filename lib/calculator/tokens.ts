/**
 * The words of an expression.
 *
 * @module
 */

import { MAX_DIGITS } from "./integer.ts";
import { InvalidStatement } from "./work.ts";

/** A word of an expression: a number with its value, or a name or a sign as it stands there. */
export type Token =
  | { readonly kind: "number"; readonly value: bigint | number }
  | { readonly kind: "name" | "sign"; readonly text: string };

const DIGITS = String.raw`\d(?:_?\d)*`;
const EXPONENT = `[eE][+-]?${DIGITS}`;
/** What may not follow a number, lest `1_` or `0777` or `1.5.2` be several words. */
const END = String.raw`(?![\w.])`;

const INTEGER =
  `(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\\d)*|0(?:_?0)*)${END}`;
const FLOAT =
  `(?:(?:${DIGITS})?\\.${DIGITS}(?:${EXPONENT})?|${DIGITS}\\.(?:${EXPONENT})?|${DIGITS}${EXPONENT})${END}`;
const SIGN = String.raw`\*\*|//|[<>=!]=|[-+*/%<>(),[\]]`;
const TOKEN = new RegExp(`[ \\t\\f]*(?:(${SIGN})|(${INTEGER})|(${FLOAT})|([a-z]+)|$)`, "y");

/** An expression word by word. */
export class Tokens {
  readonly #expression: string;
  #at = 0;
  #next: Token | undefined;

  /** @throws {InvalidStatement} when there is no word at the beginning */
  constructor(expression: string) {
    this.#expression = expression;
    this.#next = this.#read();
  }

  /** The next word; `undefined` at the end. */
  get next(): Token | undefined {
    return this.#next;
  }

  /**
   * Goes on to the word after the next one.
   *
   * @throws {InvalidStatement} when there is none, nor the end
   */
  advance(): void {
    this.#next = this.#read();
  }

  #read(): Token | undefined {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#expression);
    if (match === null) throw new InvalidStatement("neither a number nor a name nor a sign");
    this.#at += match[0].length;
    if (match[1] !== undefined) return { kind: "sign", text: match[1] };
    if (match[2] !== undefined) return { kind: "number", value: integerValue(match[2]) };
    if (match[3] !== undefined) return { kind: "number", value: floatValue(match[3]) };
    if (match[4] !== undefined) return { kind: "name", text: match[4] };
    return undefined;
  }
}

function integerValue(text: string): bigint {
  const digits = text.replaceAll("_", "");
  if (/^\d+$/.test(digits) && digits.length > MAX_DIGITS) throw tooLong();
  return BigInt(digits);
}

/** A float beyond the largest one is infinite; one of which even the digits before the point would be too many is refused. */
function floatValue(text: string): number {
  const digits = text.replaceAll("_", "");
  const [, exponent = "0"] = digits.split(/e/i);
  if (Number(exponent) >= MAX_DIGITS) throw tooLong();
  return Number(digits);
}

function tooLong(): InvalidStatement {
  return new InvalidStatement(`a number of more than ${MAX_DIGITS} digits`);
}
