/**
 * The functions that expressions can call: `abs round min max pow sum divmod int float`.
 *
 * @module
 */

import * as float from "./float.ts";
import * as integer from "./integer.ts";
import { compare, operate, toFloat } from "./operators.ts";
import type { Comparison } from "./parser.ts";
import { numeric, Sequence, type Value } from "./values.ts";
import { InvalidStatement, type Portions, type Work } from "./work.ts";

type Implementation = (args: readonly Value[], work: Work) => Value | Portions<Value>;

/** A function and how many arguments it takes. */
interface Function {
  readonly least: number;
  readonly most: number;
  readonly call: Implementation;
}

const FUNCTIONS: ReadonlyMap<string, Function> = new Map<string, Function>([
  ["abs", { least: 1, most: 1, call: ([x = 0n]) => absolute(numeric(x)) }],
  ["round", { least: 1, most: 2, call: round }],
  ["min", { least: 1, most: Infinity, call: (args, work) => extreme("<", args, work) }],
  ["max", { least: 1, most: Infinity, call: (args, work) => extreme(">", args, work) }],
  ["pow", { least: 2, most: 3, call: power }],
  ["sum", { least: 1, most: 2, call: sum }],
  ["divmod", { least: 2, most: 2, call: divideWithRemainder }],
  ["int", { least: 0, most: 1, call: ([x = 0n]) => toInteger(numeric(x)) }],
  ["float", { least: 0, most: 1, call: ([x = 0]) => toFloat(numeric(x)) }],
]);

/**
 * The value of a function for these arguments.
 *
 * @throws {InvalidStatement} when there is no such function, or it has no value for them
 */
export function* call(name: string, args: readonly Value[], work: Work): Portions<Value> {
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw new InvalidStatement(`there is no function ${name}`);
  if (args.length < found.least || args.length > found.most) {
    throw new InvalidStatement(`${name} does not take ${args.length} arguments`);
  }
  const result = found.call(args, work);
  return isValue(result) ? result : yield* result;
}

function isValue(result: Value | Portions<Value>): result is Value {
  return typeof result !== "object" || result instanceof Sequence;
}

function absolute(x: bigint | number): bigint | number {
  if (typeof x === "number") return Math.abs(x);
  return x < 0n ? -x : x;
}

function toInteger(x: bigint | number): bigint {
  return typeof x === "bigint" ? x : float.toInteger(x);
}

/** A number that must be an integer. */
function index(value: Value): bigint {
  const number = numeric(value);
  if (typeof number === "number") throw new InvalidStatement("an integer must stand here");
  return number;
}

function items(value: Value | undefined): readonly Value[] {
  if (value instanceof Sequence) return value.items;
  throw new InvalidStatement("a tuple or a list must stand here");
}

function round([value = 0n, digits]: readonly Value[], work: Work): Value {
  const x = numeric(value);
  if (typeof x === "bigint") {
    return digits === undefined ? x : integer.roundInteger(x, index(digits), work);
  }
  return digits === undefined ? float.roundToInteger(x) : float.roundFloat(x, index(digits), work);
}

/** Of several arguments, or of the items of one: the first that no other one is beyond. */
function* extreme(beyond: Comparison, args: readonly Value[], work: Work): Portions<Value> {
  const [first, ...rest] = args.length === 1 ? items(args[0]) : args;
  if (first === undefined) throw new InvalidStatement("nothing has no extreme");
  let found = first;
  for (const next of rest) {
    if (work.endsPortion()) yield;
    if (compare(next, beyond, found, work)) found = next;
  }
  return found;
}

/**
 * The sum as Python 3.14 has it: once it is a float, what rounding loses is summed as well, and
 * added at the end. Like Python, this does not compensate a sum that started as a `bool`, or that
 * ever needed more than 64 bits as an `int`.
 */
function* sum([terms, start = 0n]: readonly Value[], work: Work): Portions<Value> {
  let sum = start;
  let lost = 0;
  let isCompensated = typeof start === "number" || isWord(start);
  for (const term of items(terms)) {
    if (work.endsPortion()) yield;
    const before = sum;
    sum = operate(before, "+", term, work);
    if (typeof before === "number" && typeof sum === "number") {
      lost += float.roundingError(before, toFloat(numeric(term)), sum);
    } else if (typeof sum === "bigint") {
      isCompensated &&= isWord(numeric(term)) && isWord(sum);
    }
  }
  if (typeof sum !== "number" || !isCompensated) return sum;
  // What an infinite sum has lost is no number, and adding 0 would turn -0.0 into 0.0.
  return lost === 0 || !Number.isFinite(lost) ? sum : sum + lost;
}

/** Whether a value is an integer of 64 bits. */
function isWord(value: Value): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

function power(
  [base = 0n, exponent = 0n, modulus]: readonly Value[],
  work: Work,
): Value | Portions<Value> {
  return modulus === undefined
    ? operate(base, "**", exponent, work)
    : integer.modularPower(index(base), index(exponent), index(modulus), work);
}

function divideWithRemainder([left = 0n, right = 0n]: readonly Value[], work: Work): Value {
  const [a, b] = [numeric(left), numeric(right)];
  if (typeof a === "bigint" && typeof b === "bigint") {
    return new Sequence("tuple", integer.divideWithRemainder(a, b, work));
  }
  const [x, y] = [toFloat(a), toFloat(b)];
  return new Sequence("tuple", [float.floorDivide(x, y), float.modulo(x, y)]);
}
