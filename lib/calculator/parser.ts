/**
 * The grammar of expressions, which is Python's for what it has.
 *
 * ```text
 * list       = comparison {"," comparison} [","]
 * comparison = sum {("<" | "<=" | "==" | "!=" | ">=" | ">") sum}
 * sum        = term {("+" | "-") term}
 * term       = power {("*" | "/" | "//" | "%") power}
 * power      = {"+" | "-"} atom ["**" power]
 * atom       = number | name "(" [list] ")" | "(" [list] ")" | "[" [list] "]"
 * ```
 *
 * @module
 */

import { type Token, Tokens } from "./tokens.ts";
import { InvalidStatement, type Portions, type Work } from "./work.ts";

/** How deep parentheses may nest: as deep as Python lets them. */
const MAX_NESTING = 200;

const COMPARISONS = ["<", "<=", "==", "!=", ">=", ">"] as const;
const SUMS = ["+", "-"] as const;
const TERMS = ["*", "/", "//", "%"] as const;
/** An operator that compares. */
export type Comparison = typeof COMPARISONS[number];
/** An operator on two numbers. */
export type Operator = typeof SUMS[number] | typeof TERMS[number] | "**";
/** What stands before an operand: several signs come to one. */
export type Sign = typeof SUMS[number];

/** An operator and what stands to its right. */
export interface Operation<O> {
  readonly operator: O;
  readonly operand: Expression;
}

/** A base or an exponent. */
export interface Signed {
  readonly sign: Sign | undefined;
  readonly operand: Expression;
}

/** An expression. What may be long is a list, not a tree: only parentheses make it deep. */
export type Expression =
  | { readonly kind: "number"; readonly value: bigint | number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | {
    readonly kind: "sequence";
    readonly of: "tuple" | "list";
    readonly items: readonly Expression[];
  }
  /** Computed from right to left; a sign counts for all that is to its right. */
  | { readonly kind: "powers"; readonly operands: readonly Signed[] }
  /** Computed from left to right. */
  | {
    readonly kind: "operations";
    readonly first: Expression;
    readonly rest: readonly Operation<Operator>[];
  }
  | {
    readonly kind: "comparisons";
    readonly first: Expression;
    readonly rest: readonly Operation<Comparison>[];
  };

/**
 * Parses an expression.
 *
 * @throws {InvalidStatement} when it is not in the grammar, or nested too deep
 */
export function* parse(text: string, work: Work): Portions<Expression> {
  return yield* new Parser(new Tokens(text), work).parse();
}

/** What commas separate; what is single has no comma at all. */
interface List {
  readonly items: Expression[];
  readonly isSingle: boolean;
}

class Parser {
  readonly #tokens: Tokens;
  readonly #work: Work;
  #nesting = 0;

  constructor(tokens: Tokens, work: Work) {
    this.#tokens = tokens;
    this.#work = work;
  }

  *parse(): Portions<Expression> {
    const { items, isSingle } = yield* this.#list();
    if (this.#tokens.next !== undefined) throw new InvalidStatement("something follows");
    return single(items, isSingle);
  }

  *#list(): Portions<List> {
    const items = [yield* this.#comparison()];
    let commas = 0;
    while (this.#takes([","])) {
      commas++;
      const { next } = this.#tokens;
      if (next === undefined || isSign(next, ")") || isSign(next, "]")) break;
      items.push(yield* this.#comparison());
    }
    return { items, isSingle: commas === 0 };
  }

  *#comparison(): Portions<Expression> {
    const [first, rest] = yield* this.#chain(COMPARISONS, () => this.#sum());
    return rest.length === 0 ? first : { kind: "comparisons", first, rest };
  }

  *#sum(): Portions<Expression> {
    const [first, rest] = yield* this.#chain(SUMS, () => this.#term());
    return rest.length === 0 ? first : { kind: "operations", first, rest };
  }

  *#term(): Portions<Expression> {
    const [first, rest] = yield* this.#chain(TERMS, () => this.#power());
    return rest.length === 0 ? first : { kind: "operations", first, rest };
  }

  *#chain<O extends string>(
    operators: readonly O[],
    operand: () => Portions<Expression>,
  ): Portions<[Expression, Operation<O>[]]> {
    const first = yield* operand();
    const rest: Operation<O>[] = [];
    for (let operator; (operator = this.#takes(operators)) !== undefined;) {
      rest.push({ operator, operand: yield* operand() });
    }
    return [first, rest];
  }

  *#power(): Portions<Expression> {
    const operands: Signed[] = [];
    do {
      operands.push({ sign: yield* this.#sign(), operand: yield* this.#atom() });
    } while (this.#takes(["**"]));
    const [first] = operands;
    return operands.length === 1 && first !== undefined && first.sign === undefined
      ? first.operand
      : { kind: "powers", operands };
  }

  *#sign(): Portions<Sign | undefined> {
    let sign: Sign | undefined;
    for (let next; (next = this.#takes(SUMS)) !== undefined;) {
      if (this.#work.endsPortion()) yield;
      sign = next === sign ? "+" : sign === undefined ? next : "-";
    }
    return sign;
  }

  *#atom(): Portions<Expression> {
    if (this.#work.endsPortion()) yield;
    const token = this.#tokens.next;
    this.#tokens.advance();
    if (token?.kind === "number") return token;
    if (token?.kind === "name" && this.#takes(["("])) {
      return { kind: "call", name: token.text, args: (yield* this.#bracketed(")")).items };
    }
    if (isSign(token, "[")) {
      return { kind: "sequence", of: "list", items: (yield* this.#bracketed("]")).items };
    }
    if (isSign(token, "(")) {
      const { items, isSingle } = yield* this.#bracketed(")");
      return single(items, isSingle);
    }
    throw new InvalidStatement("an operand is missing");
  }

  /** What stands between two brackets, of which the first is taken. */
  *#bracketed(end: ")" | "]"): Portions<List> {
    if (this.#takes([end])) return { items: [], isSingle: false };
    if (++this.#nesting > MAX_NESTING) throw new InvalidStatement("nested too deep");
    const list = yield* this.#list();
    this.#nesting--;
    if (!this.#takes([end])) throw new InvalidStatement(`${end} is missing`);
    return list;
  }

  /** Takes the next word if it is one of these signs. */
  #takes<S extends string>(signs: readonly S[]): S | undefined {
    const { next } = this.#tokens;
    if (next?.kind !== "sign") return undefined;
    const sign = signs.find((sign) => sign === next.text);
    if (sign !== undefined) this.#tokens.advance();
    return sign;
  }
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}

/** Without a comma, parentheses make no tuple. */
function single(items: readonly Expression[], isSingle: boolean): Expression {
  const [first] = items;
  return isSingle && first !== undefined ? first : { kind: "sequence", of: "tuple", items };
}
