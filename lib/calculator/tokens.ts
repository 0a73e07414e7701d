/**
 * The tokens of an expression.
 *
 * @module
 */

import { InvalidStatement } from "./budget.ts";
import { MAX_DIGITS } from "./integer.ts";

/** A number with its value, or a name or symbol with its text. */
export type Token =
  | { readonly kind: "number"; readonly value: bigint | number }
  | { readonly kind: "name" | "symbol"; readonly text: string };

const DIGITS = String.raw`\d(?:_?\d)*`;
const EXPONENT = `[eE][+-]?${DIGITS}`;
/** What must not follow a number, or `1_`, `0777` and `1.5.2` would be several tokens. */
const END = String.raw`(?![\w.])`;

const INTEGER =
  `(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\\d)*|0(?:_?0)*)${END}`;
const FLOAT =
  `(?:(?:${DIGITS})?\\.${DIGITS}(?:${EXPONENT})?|${DIGITS}\\.(?:${EXPONENT})?|${DIGITS}${EXPONENT})${END}`;
const SYMBOL = String.raw`\*\*|//|[<>=!]=|[-+*/%<>(),[\]]`;
const TOKEN = new RegExp(`[ \\t\\f]*(?:(${SYMBOL})|(${INTEGER})|(${FLOAT})|([a-z]+)|$)`, "y");

/** An expression, token by token. */
export class Tokens {
  readonly #expression: string;
  #position = 0;
  #next: Token | undefined;

  /** @throws {InvalidStatement} if the expression does not start with a token */
  constructor(expression: string) {
    this.#expression = expression;
    this.advance();
  }

  /** The next token; `undefined` at the end. */
  get next(): Token | undefined {
    return this.#next;
  }

  /**
   * Goes on to the token after the next one.
   *
   * @throws {InvalidStatement} if there is neither a token nor the end
   */
  advance(): void {
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.#expression);
    if (match === null) throw new InvalidStatement("neither a number nor a name nor a symbol");
    const [text, symbol, integer, float, name] = match;
    this.#position += text.length;
    if (symbol !== undefined) this.#next = { kind: "symbol", text: symbol };
    else if (integer !== undefined) this.#next = { kind: "number", value: integerFrom(integer) };
    else if (float !== undefined) this.#next = { kind: "number", value: floatFrom(float) };
    else if (name !== undefined) this.#next = { kind: "name", text: name };
    else this.#next = undefined;
  }
}

function integerFrom(text: string): bigint {
  const digits = text.replaceAll("_", "");
  if (/^\d+$/.test(digits)) requireFewDigits(digits.length);
  return BigInt(digits);
}

/** A float beyond the largest one is infinite, up to {@linkcode MAX_DIGITS} digits before the point. */
function floatFrom(text: string): number {
  const digits = text.replaceAll("_", "");
  const [, exponent = "0"] = digits.split(/e/i);
  requireFewDigits(Number(exponent) + 1);
  return Number(digits);
}

function requireFewDigits(count: number): void {
  if (count > MAX_DIGITS) throw new InvalidStatement(`more than ${MAX_DIGITS} digits`);
}
