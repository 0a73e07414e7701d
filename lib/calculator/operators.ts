/**
 * The operators. An `int` with a `float` is a `float`, and a `bool` is an `int`.
 *
 * @module
 */

import type { Budget } from "./budget.ts";
import * as float from "./float.ts";
import * as integer from "./integer.ts";
import { numeric, type Value } from "./values.ts";

/** Cost of an operation apart from the size of its operands. */
const OPERATION_COST = 100;

type OnIntegers<T> = (a: bigint, b: bigint, budget: Budget) => T;
type OnFloats<T> = (x: number, y: number, budget: Budget) => T;

const OPERATORS = {
  "+": [integer.add, (x, y) => x + y],
  "-": [(a, b, budget) => integer.add(a, -b, budget), (x, y) => x - y],
  "*": [integer.multiply, (x, y) => x * y],
  "/": [integer.divide, float.divide],
  "//": [(a, b, budget) => integer.divmod(a, b, budget)[0], (x, y) => float.divmod(x, y)[0]],
  "%": [(a, b, budget) => integer.divmod(a, b, budget)[1], (x, y) => float.divmod(x, y)[1]],
  "**": [integer.power, float.power],
} satisfies Record<string, readonly [OnIntegers<bigint | number>, OnFloats<number>]>;

/** An operator between two numbers. */
export type Operator = keyof typeof OPERATORS;
/** An operator before a number. */
export type Sign = "+" | "-";

const COMPARISONS = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a <= b && a >= b,
  "!=": (a, b) => !(a <= b && a >= b),
  ">=": (a, b) => a >= b,
  ">": (a, b) => a > b,
} satisfies Record<string, (a: bigint | number, b: bigint | number) => boolean>;

/** An operator that compares two numbers. */
export type Comparison = keyof typeof COMPARISONS;

/**
 * Returns the value of `left operator right`.
 *
 * @throws {InvalidStatement} if it has none
 */
export function operate(left: Value, operator: Operator, right: Value, budget: Budget): Value {
  budget.spend(OPERATION_COST);
  const [onIntegers, onFloats] = OPERATORS[operator];
  return apply<bigint | number>(onIntegers, onFloats, left, right, budget);
}

/**
 * Returns `left // right` and `left % right`.
 *
 * @throws {InvalidStatement} if they have no value
 */
export function divmod(left: Value, right: Value, budget: Budget): readonly Value[] {
  return apply<readonly Value[]>(integer.divmod, float.divmod, left, right, budget);
}

/** Computes with integers if both operands are, and with floats otherwise. */
function apply<T>(
  onIntegers: OnIntegers<T>,
  onFloats: OnFloats<T>,
  left: Value,
  right: Value,
  budget: Budget,
): T {
  const [a, b] = [numeric(left), numeric(right)];
  return typeof a === "bigint" && typeof b === "bigint"
    ? onIntegers(a, b, budget)
    : onFloats(float.toFloat(a), float.toFloat(b), budget);
}

/** Returns `+value` or `-value`. */
export function applySign(sign: Sign, value: Value, budget: Budget): Value {
  const number = numeric(value);
  if (sign === "+") return number;
  return typeof number === "bigint" ? integer.negate(number, budget) : -number;
}

/** Compares two numbers exactly, even an integer with a float. */
export function compare(left: Value, operator: Comparison, right: Value, budget: Budget): boolean {
  budget.spend(OPERATION_COST);
  return COMPARISONS[operator](numeric(left), numeric(right));
}
