/**
 * The calculator: arithmetic expressions and their values, as Python has them.
 *
 * @module
 */

import { call } from "./functions.ts";
import { applySign, compare, operate } from "./operators.ts";
import { type Expression, parse, type Signed } from "./parser.ts";
import { Sequence, textOf, type Value } from "./values.ts";
import { InvalidStatement, type Portions, Work } from "./work.ts";

/** The answer to everything that has no value. */
export const INVALID_STATEMENT = "INVALID STATEMENT";
/** The most bytes that an expression may have. */
export const MAX_EXPRESSION_BYTES = 64 * 1024;

/** The value of an expression as text, or {@linkcode INVALID_STATEMENT}. */
export function answer(expression: string): string {
  const portions = answerInPortions(expression);
  for (;;) {
    const { done, value } = portions.next();
    if (done) return value;
  }
}

/** The same, for a thread that has others to serve meanwhile. */
export function* answerInPortions(expression: string): Portions<string> {
  if (expression.length > MAX_EXPRESSION_BYTES) return INVALID_STATEMENT;
  const work = new Work();
  try {
    const value = yield* evaluate(yield* parse(expression, work), work);
    return yield* textOf(value, work);
  } catch (error) {
    if (error instanceof InvalidStatement) return INVALID_STATEMENT;
    throw error;
  }
}

function* evaluate(expression: Expression, work: Work): Portions<Value> {
  if (work.endsPortion()) yield;
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "call":
      return yield* call(expression.name, yield* values(expression.args, work), work);
    case "sequence":
      return new Sequence(expression.of, yield* values(expression.items, work));
    case "powers":
      return yield* powers(expression.operands, work);
    case "operations": {
      let result = yield* evaluate(expression.first, work);
      for (const { operator, operand } of expression.rest) {
        result = operate(result, operator, yield* evaluate(operand, work), work);
      }
      return result;
    }
    case "comparisons": {
      let left = yield* evaluate(expression.first, work);
      for (const { operator, operand } of expression.rest) {
        const right = yield* evaluate(operand, work);
        // What stands behind a comparison that is false is not evaluated.
        if (!compare(left, operator, right, work)) return false;
        left = right;
      }
      return true;
    }
  }
}

function* values(expressions: readonly Expression[], work: Work): Portions<Value[]> {
  const values: Value[] = [];
  for (const expression of expressions) values.push(yield* evaluate(expression, work));
  return values;
}

function* powers(operands: readonly Signed[], work: Work): Portions<Value> {
  let result: Value | undefined;
  for (const { sign, operand } of operands.toReversed()) {
    const base = yield* evaluate(operand, work);
    result = applySign(
      sign,
      result === undefined ? base : operate(base, "**", result, work),
      work,
    );
  }
  if (result === undefined) throw new InvalidStatement("a power of nothing");
  return result;
}
