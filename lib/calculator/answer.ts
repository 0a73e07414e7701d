/**
 * The calculator: arithmetic expressions and their values, as in Python.
 *
 * @module
 */

import { Budget, InvalidStatement, type Sliced } from "./budget.ts";
import { evaluate } from "./evaluate.ts";
import { textOf } from "./values.ts";

/** The answer to everything that has no value. */
export const INVALID_STATEMENT = "INVALID STATEMENT";
/** Maximum length of an expression in bytes. */
export const MAX_EXPRESSION_BYTES = 64 * 1024;

/** Returns the value of an expression as text, or {@linkcode INVALID_STATEMENT}. */
export function answer(expression: string): string {
  const slices = answerInSlices(expression);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** The same for a thread that serves others as well. */
export function* answerInSlices(expression: string): Sliced<string> {
  if (expression.length > MAX_EXPRESSION_BYTES) return INVALID_STATEMENT;
  const budget = new Budget();
  try {
    return yield* textOf(yield* evaluate(expression, budget), budget);
  } catch (error) {
    if (error instanceof InvalidStatement) return INVALID_STATEMENT;
    throw error;
  }
}
