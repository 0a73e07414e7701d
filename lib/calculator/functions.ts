/**
 * The functions that expressions can call: `abs round min max pow sum divmod int float`.
 *
 * @module
 */

import { type Budget, InvalidStatement, type Sliced } from "./budget.ts";
import * as float from "./float.ts";
import * as integer from "./integer.ts";
import { compare, type Comparison, divmod, operate } from "./operators.ts";
import { numeric, Sequence, type Value } from "./values.ts";

/** The least and the largest number of arguments of each function. */
const ARITY: ReadonlyMap<string, readonly [least: number, largest: number]> = new Map([
  ["abs", [1, 1]],
  ["round", [1, 2]],
  ["min", [1, Infinity]],
  ["max", [1, Infinity]],
  ["pow", [2, 3]],
  ["sum", [1, 2]],
  ["divmod", [2, 2]],
  ["int", [0, 1]],
  ["float", [0, 1]],
]);

/**
 * Returns the value of a function.
 *
 * @throws {InvalidStatement} if there is no such function, or it has no value for the arguments
 */
export function* call(name: string, args: readonly Value[], budget: Budget): Sliced<Value> {
  const [least, largest] = ARITY.get(name) ?? [0, Infinity];
  if (args.length < least || args.length > largest) {
    throw new InvalidStatement(`${name} does not take ${args.length} arguments`);
  }
  const [first = 0n, second = 0n, third] = args;
  switch (name) {
    case "abs":
      return absolute(numeric(first));
    case "round":
      return round(numeric(first), args[1], budget);
    case "min":
      return yield* extreme("<", args, budget);
    case "max":
      return yield* extreme(">", args, budget);
    case "pow":
      if (third === undefined) return operate(first, "**", second, budget);
      return yield* integer.modularPower(
        requireInteger(first),
        requireInteger(second),
        requireInteger(third),
        budget,
      );
    case "sum":
      return yield* sum(items(first), second, budget);
    case "divmod":
      return new Sequence("tuple", divmod(first, second, budget));
    case "int":
      return toInteger(numeric(first));
    case "float":
      return float.toFloat(numeric(first));
    default:
      throw new InvalidStatement(`there is no function ${name}`);
  }
}

function absolute(x: bigint | number): bigint | number {
  if (typeof x === "number") return Math.abs(x);
  return x < 0n ? -x : x;
}

function toInteger(x: bigint | number): bigint {
  return typeof x === "bigint" ? x : BigInt(Math.trunc(float.finite(x)));
}

function requireInteger(value: Value): bigint {
  const number = numeric(value);
  if (typeof number === "number") throw new InvalidStatement("an integer is required");
  return number;
}

function items(value: Value | undefined): readonly Value[] {
  if (value instanceof Sequence) return value.items;
  throw new InvalidStatement("a tuple or list is required");
}

function round(x: bigint | number, digits: Value | undefined, budget: Budget): Value {
  if (digits === undefined) return typeof x === "bigint" ? x : float.roundToInteger(x);
  const count = requireInteger(digits);
  return typeof x === "bigint" ? integer.round(x, count, budget) : float.round(x, count, budget);
}

/** The first of several arguments, or of the items of one, that none of the others exceeds. */
function* extreme(exceeds: Comparison, args: readonly Value[], budget: Budget): Sliced<Value> {
  const [first, ...others] = args.length === 1 ? items(args[0]) : args;
  if (first === undefined) throw new InvalidStatement("an empty sequence has no extreme");
  let found = first;
  for (const other of others) {
    if (budget.endsSlice()) yield;
    if (compare(other, exceeds, found, budget)) found = other;
  }
  return found;
}

/**
 * Sums as Python 3.14 does: once the sum is a float, rounding errors are summed separately and added
 * at the end. Like Python, this does not compensate a sum that started as a `bool`, or that needed
 * more than 64 bits as an `int`.
 */
function* sum(terms: readonly Value[], start: Value, budget: Budget): Sliced<Value> {
  let sum = start;
  let error = 0;
  let isCompensated = typeof start === "number" || fitsWord(start);
  for (const term of terms) {
    if (budget.endsSlice()) yield;
    const before = sum;
    sum = operate(before, "+", term, budget);
    if (typeof before === "number" && typeof sum === "number") {
      error += float.roundingError(before, float.toFloat(numeric(term)), sum);
    } else if (typeof sum === "bigint") {
      isCompensated &&= fitsWord(numeric(term)) && fitsWord(sum);
    }
  }
  if (typeof sum !== "number" || !isCompensated) return sum;
  // The error of an infinite sum is NaN, and adding 0 would turn -0.0 into 0.0.
  return error === 0 || !Number.isFinite(error) ? sum : sum + error;
}

/** Whether a value is an integer of at most 64 bits. */
function fitsWord(value: Value): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}
