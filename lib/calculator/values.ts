/**
 * The values that expressions have: Python's `int`, `float`, `bool`, `tuple` and `list`.
 *
 * @module
 */

import { floatText } from "./float.ts";
import { integerText } from "./integer.ts";
import { InvalidStatement, type Portions, type Work } from "./work.ts";

/** An `int` is a bigint here, a `float` a number, a `bool` a boolean. */
export type Value = bigint | number | boolean | Sequence;

/** A `tuple` or a `list`. */
export class Sequence {
  constructor(
    readonly kind: "tuple" | "list",
    readonly items: readonly Value[],
  ) {}
}

/**
 * A value as a number; a `bool` counts as an `int`.
 *
 * @throws {InvalidStatement} when it is a sequence
 */
export function numeric(value: Value): bigint | number {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value instanceof Sequence) throw new InvalidStatement(`a ${value.kind} is no number`);
  return value;
}

/**
 * A value as Python's `str()` has it.
 *
 * @throws {InvalidStatement} when an integer in it has too many digits
 */
export function* textOf(value: Value, work: Work): Portions<string> {
  if (work.endsPortion()) yield;
  switch (typeof value) {
    case "bigint":
      return integerText(value, work);
    case "number":
      return floatText(value);
    case "boolean":
      return value ? "True" : "False";
  }
  const texts: string[] = [];
  for (const item of value.items) texts.push(yield* textOf(item, work));
  const items = texts.join(", ");
  if (value.kind === "list") return `[${items}]`;
  return value.items.length === 1 ? `(${items},)` : `(${items})`;
}
