/**
 * Python's `int`: integers of any size that an expression can afford.
 *
 * @module
 */

import { bitLength, divideHalfEven, nearestFloat } from "./rational.ts";
import { InvalidStatement, type Portions, type Work } from "./work.ts";

/** The most digits that an integer may have where it is read or written: Python's own limit. */
export const MAX_DIGITS = 4300;
/** The most bits that an integer may have in between: some 79,000 digits. */
const MAX_BITS = 262_144;

const LIMIT = 1n << BigInt(MAX_BITS);
const NEGATIVE_LIMIT = -LIMIT;
/** No integer with more bits has {@linkcode MAX_DIGITS} digits or fewer. */
const TEXT_LIMIT = 1n << BigInt(Math.ceil(MAX_DIGITS * Math.log2(10)));

/** Numbers of 64-bit words, with the first integer that has more. */
const SIZES: readonly { readonly words: number; readonly limit: bigint }[] = sizes();

function sizes(): { words: number; limit: bigint }[] {
  const found = [];
  for (let words = 1; words * 64 <= MAX_BITS; words = Math.ceil(words * 1.4)) {
    found.push({ words, limit: 1n << BigInt(words * 64) });
  }
  return found;
}

/** How many 64-bit words an integer has, rounded up to one of the {@linkcode SIZES}. */
function words(a: bigint): number {
  if (BigInt.asIntN(64, a) === a) return 1;
  const magnitude = a < 0n ? -a : a;
  // Integers of different lengths are compared without a look at their digits.
  return SIZES.find(({ limit }) => magnitude < limit)?.words ?? MAX_BITS / 64;
}

/** What it costs to read two integers and to write their sum. */
function linearCost(a: bigint, b: bigint): number {
  const size = words(a) + words(b);
  return size === 2 ? 0 : LONG_COST + LINEAR_COST * size;
}

/** What an operation on integers of more than a word costs at least, in {@linkcode Work}'s unit. */
const LONG_COST = 1500;
/** What a word costs that is read, copied, or made room for. */
const LINEAR_COST = 16;

function bounded(a: bigint): bigint {
  if (a >= LIMIT || a <= NEGATIVE_LIMIT) throw new InvalidStatement("this integer is too large");
  return a;
}

/** An integer in decimal digits. */
export function integerText(a: bigint, work: Work): string {
  const magnitude = a < 0n ? -a : a;
  const size = words(a);
  work.spend(2 * size * size);
  const digits = magnitude < TEXT_LIMIT ? magnitude.toString() : "";
  if (digits === "" || digits.length > MAX_DIGITS) {
    throw new InvalidStatement(`an integer of more than ${MAX_DIGITS} digits`);
  }
  return a < 0n ? `-${digits}` : digits;
}

/**
 * The float next to an integer.
 *
 * @throws {InvalidStatement} when it is too large for one
 */
export function toFloat(a: bigint): number {
  return finite(Number(a));
}

function finite(x: number): number {
  if (!Number.isFinite(x)) throw new InvalidStatement("too large for a float");
  return x;
}

/** `-a` */
export function negate(a: bigint, work: Work): bigint {
  work.spend(linearCost(a, a));
  return -a;
}

/** `a + b` */
export function add(a: bigint, b: bigint, work: Work): bigint {
  work.spend(linearCost(a, b));
  return bounded(a + b);
}

/** `a - b` */
export function subtract(a: bigint, b: bigint, work: Work): bigint {
  return add(a, -b, work);
}

/** `a * b` */
export function multiply(a: bigint, b: bigint, work: Work): bigint {
  work.spend(linearCost(a, b) + words(a) * words(b) / 2);
  return bounded(a * b);
}

/** `a / b`: the float next to the quotient. */
export function trueDivide(a: bigint, b: bigint, work: Work): number {
  spendOnDivision(a, b, work);
  if (isExact(a) && isExact(b)) return Number(a) / Number(b);
  work.spend(TRUE_DIVISION_COST);
  const quotient = nearestFloat(a < 0n ? -a : a, b < 0n ? -b : b);
  const isNegative = (a < 0n) !== (b < 0n);
  return finite(isNegative ? -quotient : quotient);
}

/** What the float next to a quotient costs besides the division. */
const TRUE_DIVISION_COST = 30_000;

/** Whether the integer is a float as well: then the floats' division rounds correctly. */
function isExact(a: bigint): boolean {
  return a <= Number.MAX_SAFE_INTEGER && a >= Number.MIN_SAFE_INTEGER;
}

/** `a // b` and `a % b`: the quotient is rounded down, and the remainder has the sign of `b`. */
export function divideWithRemainder(a: bigint, b: bigint, work: Work): [bigint, bigint] {
  spendOnDivision(a, b, work);
  const quotient = a / b;
  const remainder = a - quotient * b;
  return remainder !== 0n && (remainder < 0n) !== (b < 0n)
    ? [quotient - 1n, remainder + b]
    : [quotient, remainder];
}

function spendOnDivision(a: bigint, b: bigint, work: Work): void {
  if (b === 0n) throw new InvalidStatement("division by zero");
  work.spend(linearCost(a, b) + words(a) * words(b));
}

/** `a ** b` for a `b` that is not negative. */
export function power(a: bigint, b: bigint, work: Work): bigint {
  if (b === 0n) return 1n;
  if (-1n <= a && a <= 1n) return b % 2n === 0n ? a * a : a;
  const bits = binaryLogarithm(a < 0n ? -a : a) * Number(b);
  if (bits > MAX_BITS) throw new InvalidStatement("this power is too large");
  const size = bits / 64;
  work.spend(size * size / 2);
  return bounded(a ** b);
}

/** The logarithm to the base 2, of an integer above 0. */
function binaryLogarithm(a: bigint): number {
  const shift = Math.max(bitLength(a) - 64, 0);
  return Math.log2(Number(a >> BigInt(shift))) + shift;
}

/** `pow(a, b, modulus)`: a negative `b` is a power of the inverse of `a`. */
export function* modularPower(
  a: bigint,
  b: bigint,
  modulus: bigint,
  work: Work,
): Portions<bigint> {
  const reduce = (n: bigint) => divideWithRemainder(n, modulus, work)[1];
  let base = b < 0n ? inverse(reduce(a), modulus, work) : reduce(a);
  let exponent = b < 0n ? -b : b;
  const size = words(modulus);
  work.spend(bitLength(exponent) * (2 * size * size + 2000));
  let result = reduce(1n);
  for (; exponent > 0n; exponent >>= 1n) {
    yield;
    if (exponent % 2n === 1n) result = result * base % modulus;
    base = base * base % modulus;
  }
  return reduce(result);
}

/** The inverse of `a` modulo `modulus`, by the extended Euclidean algorithm. */
function inverse(a: bigint, modulus: bigint, work: Work): bigint {
  work.spend(bitLength(modulus) * (16 * words(modulus) + 2000));
  let [r, nextR] = [modulus, a];
  let [t, nextT] = [0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  if (r !== 1n && r !== -1n) throw new InvalidStatement("this has no inverse");
  return divideWithRemainder(t * r, modulus, work)[1];
}

/** `round(a, digits)`: to a multiple of a power of ten where `digits` is negative; a tie to the even one. */
export function roundInteger(a: bigint, digits: bigint, work: Work): bigint {
  if (digits >= 0n) return a;
  const unit = power(10n, -digits, work);
  spendOnDivision(a, unit, work);
  const rounded = divideHalfEven(a < 0n ? -a : a, unit) * unit;
  return bounded(a < 0n ? -rounded : rounded);
}
