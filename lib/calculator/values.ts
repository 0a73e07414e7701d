/**
 * The values of expressions: Python's `int`, `float`, `bool`, `tuple` and `list`.
 *
 * @module
 */

import { type Budget, InvalidStatement, type Sliced } from "./budget.ts";
import { floatText } from "./float.ts";
import { integerText } from "./integer.ts";

/** A bigint is an `int`, a number a `float`, and a boolean a `bool`. */
export type Value = bigint | number | boolean | Sequence;

/** A `tuple` or a `list`. */
export class Sequence {
  constructor(
    readonly kind: "tuple" | "list",
    readonly items: readonly Value[],
  ) {}
}

/**
 * Returns a value as a number; a `bool` counts as an `int`.
 *
 * @throws {InvalidStatement} if it is a sequence
 */
export function numeric(value: Value): bigint | number {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value instanceof Sequence) throw new InvalidStatement(`a ${value.kind} is not a number`);
  return value;
}

/**
 * Returns what Python's `str()` makes of a value.
 *
 * @throws {InvalidStatement} if an integer in it has too many digits
 */
export function* textOf(value: Value, budget: Budget): Sliced<string> {
  if (budget.endsSlice()) yield;
  switch (typeof value) {
    case "bigint":
      return integerText(value, budget);
    case "number":
      return floatText(value);
    case "boolean":
      return value ? "True" : "False";
  }
  const texts: string[] = [];
  for (const item of value.items) texts.push(yield* textOf(item, budget));
  const items = texts.join(", ");
  if (value.kind === "list") return `[${items}]`;
  return texts.length === 1 ? `(${items},)` : `(${items})`;
}
