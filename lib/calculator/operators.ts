/**
 * The operators. An `int` with a `float` is a `float`, a `bool` is an `int`.
 *
 * @module
 */

import * as float from "./float.ts";
import * as integer from "./integer.ts";
import type { Comparison, Operator, Sign } from "./parser.ts";
import { numeric, type Value } from "./values.ts";
import type { Work } from "./work.ts";

/** What an operation costs whatever its operands are, in {@linkcode Work}'s unit. */
const OPERATION_COST = 100;

type OnIntegers = (a: bigint, b: bigint, work: Work) => bigint | number;
type OnFloats = (x: number, y: number, work: Work) => number;

const OPERATORS: Record<Operator, readonly [OnIntegers, OnFloats]> = {
  "+": [integer.add, (x, y) => x + y],
  "-": [integer.subtract, (x, y) => x - y],
  "*": [integer.multiply, (x, y) => x * y],
  "/": [integer.trueDivide, float.divide],
  "//": [(a, b, work) => integer.divideWithRemainder(a, b, work)[0], float.floorDivide],
  "%": [(a, b, work) => integer.divideWithRemainder(a, b, work)[1], float.modulo],
  "**": [
    (a, b, work) =>
      b < 0n
        ? float.power(integer.toFloat(a), integer.toFloat(b), work)
        : integer.power(a, b, work),
    float.power,
  ],
};

/**
 * The value of `left operator right`.
 *
 * @throws {InvalidStatement} when it has none
 */
export function operate(left: Value, operator: Operator, right: Value, work: Work): Value {
  work.spend(OPERATION_COST);
  const [a, b] = [numeric(left), numeric(right)];
  const [onIntegers, onFloats] = OPERATORS[operator];
  return typeof a === "bigint" && typeof b === "bigint"
    ? onIntegers(a, b, work)
    : onFloats(toFloat(a), toFloat(b), work);
}

/**
 * A number as a float.
 *
 * @throws {InvalidStatement} when it is too large for one
 */
export function toFloat(value: bigint | number): number {
  return typeof value === "bigint" ? integer.toFloat(value) : value;
}

/** The value of a sign and its operand. */
export function applySign(sign: Sign | undefined, value: Value, work: Work): Value {
  if (sign === undefined) return value;
  const number = numeric(value);
  if (sign === "+") return number;
  return typeof number === "bigint" ? integer.negate(number, work) : -number;
}

/** Compares two numbers exactly, also an integer with a float. */
export function compare(left: Value, comparison: Comparison, right: Value, work: Work): boolean {
  work.spend(OPERATION_COST);
  const [a, b] = [numeric(left), numeric(right)];
  switch (comparison) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case "==":
      return a <= b && a >= b;
    case "!=":
      return !(a <= b && a >= b);
    case ">=":
      return a >= b;
    case ">":
      return a > b;
  }
}
