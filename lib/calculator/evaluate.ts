/**
 * The grammar of expressions, a subset of Python's. Values are computed while parsing.
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

import { type Budget, InvalidStatement, type Sliced } from "./budget.ts";
import { call } from "./functions.ts";
import { applySign, compare, operate, type Operator, type Sign } from "./operators.ts";
import { type Token, tokens } from "./tokens.ts";
import { Sequence, type Value } from "./values.ts";

/** Maximum depth of nested brackets, the same as in Python. */
const MAX_NESTING = 200;

const COMPARISONS = ["<", "<=", "==", "!=", ">=", ">"] as const;
const SUMS = ["+", "-"] as const;
const TERMS = ["*", "/", "//", "%"] as const;

/**
 * Returns the value of an expression.
 *
 * @throws {InvalidStatement} if it has none
 */
export function evaluate(expression: string, budget: Budget): Sliced<Value> {
  return new Parser(expression, budget).parse();
}

/** Values separated by commas. */
interface List {
  readonly items: Value[];
  readonly hasComma: boolean;
}

/** Only brackets make it recurse: everything else can be long. */
class Parser {
  readonly #tokens: Iterator<Token, undefined>;
  readonly #budget: Budget;
  /** The next token; `undefined` at the end. */
  #next: Token | undefined;
  #nesting = 0;
  /** Set after a false comparison: the rest of the chain is parsed, but not computed. */
  #isSkipping = false;

  constructor(expression: string, budget: Budget) {
    this.#tokens = tokens(expression);
    this.#budget = budget;
    this.#advance();
  }

  *parse(): Sliced<Value> {
    const list = yield* this.#list();
    if (this.#next !== undefined) throw new InvalidStatement("something follows");
    return valueOf(list);
  }

  *#list(): Sliced<List> {
    const items = [yield* this.#comparison()];
    let hasComma = false;
    while (this.#take([","])) {
      hasComma = true;
      if (this.#next === undefined || this.#peek([")", "]"])) break;
      items.push(yield* this.#comparison());
    }
    return { items, hasComma };
  }

  *#comparison(): Sliced<Value> {
    const wasSkipping = this.#isSkipping;
    let left = yield* this.#sum();
    let result = left;
    for (let operator; (operator = this.#take(COMPARISONS)) !== undefined;) {
      const right = yield* this.#sum();
      result = !this.#isSkipping && compare(left, operator, right, this.#budget);
      this.#isSkipping = !result;
      left = right;
    }
    this.#isSkipping = wasSkipping;
    return result;
  }

  #sum(): Sliced<Value> {
    return this.#leftToRight(SUMS, () => this.#term());
  }

  #term(): Sliced<Value> {
    return this.#leftToRight(TERMS, () => this.#power());
  }

  *#leftToRight(
    operators: readonly Operator[],
    operand: () => Sliced<Value>,
  ): Sliced<Value> {
    let result = yield* operand();
    for (let operator; (operator = this.#take(operators)) !== undefined;) {
      const right = yield* operand();
      if (!this.#isSkipping) result = operate(result, operator, right, this.#budget);
    }
    return result;
  }

  *#power(): Sliced<Value> {
    const operands: { readonly sign: Sign | undefined; readonly value: Value }[] = [];
    do {
      operands.push({ sign: yield* this.#sign(), value: yield* this.#atom() });
    } while (this.#take(["**"]));
    if (this.#isSkipping) return 0n;
    // From right to left; a sign applies to everything on its right.
    let power: Value | undefined;
    for (const { sign, value } of operands.reverse()) {
      if (this.#budget.endsSlice()) yield;
      power = power === undefined ? value : operate(value, "**", power, this.#budget);
      if (sign !== undefined) power = applySign(sign, power, this.#budget);
    }
    return power ?? 0n;
  }

  /** Takes any number of signs and reduces them to one. */
  *#sign(): Sliced<Sign | undefined> {
    let sign: Sign | undefined;
    for (let next; (next = this.#take(SUMS)) !== undefined;) {
      if (this.#budget.endsSlice()) yield;
      sign = next === sign ? "+" : sign === undefined ? next : "-";
    }
    return sign;
  }

  *#atom(): Sliced<Value> {
    if (this.#budget.endsSlice()) yield;
    if (this.#take(["["])) return new Sequence("list", (yield* this.#enclosed("]")).items);
    if (this.#take(["("])) return valueOf(yield* this.#enclosed(")"));
    const token = this.#advance();
    if (typeof token === "bigint" || typeof token === "number") return token;
    if (token === undefined || !/^[a-z]/.test(token) || !this.#take(["("])) {
      throw new InvalidStatement("no operand");
    }
    const { items } = yield* this.#enclosed(")");
    return this.#isSkipping ? 0n : yield* call(token, items, this.#budget);
  }

  /** Parses from behind an opening bracket to behind the closing one. */
  *#enclosed(end: ")" | "]"): Sliced<List> {
    if (this.#take([end])) return { items: [], hasComma: false };
    if (++this.#nesting > MAX_NESTING) throw new InvalidStatement("nested too deep");
    const list = yield* this.#list();
    this.#nesting--;
    if (!this.#take([end])) throw new InvalidStatement(`${end} is missing`);
    return list;
  }

  /** Returns the next token if it is one of `symbols`. */
  #peek<S extends string>(symbols: readonly S[]): S | undefined {
    return symbols.find((symbol) => symbol === this.#next);
  }

  /** Likewise, and advances to the token after it. */
  #take<S extends string>(symbols: readonly S[]): S | undefined {
    const symbol = this.#peek(symbols);
    if (symbol !== undefined) this.#advance();
    return symbol;
  }

  /** Returns the next token, and goes on to the one after it. */
  #advance(): Token | undefined {
    const token = this.#next;
    this.#next = this.#tokens.next().value;
    return token;
  }
}

/** One value without a comma is that value; everything else is a tuple. */
function valueOf({ items, hasComma }: List): Value {
  const [first] = items;
  return first === undefined || hasComma ? new Sequence("tuple", items) : first;
}
