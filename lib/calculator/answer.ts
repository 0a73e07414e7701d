/**
 * The calculator: arithmetic expressions and their values, as Python has them.
 *
 * @module
 */

import { call } from "./functions.ts";
import { applySign, compare, operate } from "./operators.ts";
import { type Expression, parse, type Signed } from "./parser.ts";
import { Sequence, textOf, type Value } from "./values.ts";
import { InvalidStatement, Work } from "./work.ts";

/** The answer to everything that has no value. */
export const INVALID_STATEMENT = "INVALID STATEMENT";
/** The most bytes that an expression may have. */
export const MAX_EXPRESSION_BYTES = 64 * 1024;

/**
 * The value of an expression as text, or {@linkcode INVALID_STATEMENT}. It takes no
 * longer than some 10 ms, whatever the expression is.
 */
export function answer(expression: string): string {
  if (expression.length > MAX_EXPRESSION_BYTES) return INVALID_STATEMENT;
  const work = new Work();
  try {
    return textOf(evaluate(parse(expression), work), work);
  } catch (error) {
    if (error instanceof InvalidStatement) return INVALID_STATEMENT;
    throw error;
  }
}

function evaluate(expression: Expression, work: Work): Value {
  const value = (part: Expression) => evaluate(part, work);
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "call":
      return call(expression.name, expression.args.map(value), work);
    case "sequence":
      return new Sequence(expression.of, expression.items.map(value));
    case "powers":
      return powers(expression.operands, work);
    case "operations":
      return expression.rest.reduce(
        (left, { operator, operand }) => operate(left, operator, value(operand), work),
        value(expression.first),
      );
    case "comparisons": {
      let left = value(expression.first);
      // What stands behind a comparison that is false is not evaluated.
      return expression.rest.every(({ operator, operand }) => {
        const right = value(operand);
        const holds = compare(left, operator, right, work);
        left = right;
        return holds;
      });
    }
  }
}

function powers(operands: readonly Signed[], work: Work): Value {
  let result: Value | undefined;
  for (const { sign, operand } of operands.toReversed()) {
    const base = evaluate(operand, work);
    result = applySign(sign, result === undefined ? base : operate(base, "**", result, work));
  }
  if (result === undefined) throw new InvalidStatement("a power of nothing");
  return result;
}
