/**
 * Python's `int`: integers of any size that an expression can afford.
 *
 * @module
 */

import { type Budget, InvalidStatement, type Sliced } from "./budget.ts";
import * as float from "./float.ts";
import { absolute, bitLength, divideHalfEven, nearestFloat } from "./rational.ts";

/** Maximum number of digits of an integer that is read or written, the same as in Python. */
export const MAX_DIGITS = 4300;
/** Maximum number of bits of an intermediate result: about 79,000 digits. */
const MAX_BITS = 262_144;
const MAX_WORDS = MAX_BITS / 64;
const LIMIT = 1n << BigInt(MAX_BITS);
const TEXT_LIMIT = 10n ** BigInt(MAX_DIGITS);

/** Lowest cost of an operation on integers of more than one word. */
const LONG_COST = 1500;
/** Cost of a word that is read, copied or allocated. */
const WORD_COST = 16;
/** Cost of rounding a quotient to a float, apart from the division. */
const ROUND_COST = 30_000;

/** Size of an integer in 64-bit words, rounded up by at most 40 %: the exact size takes longer. */
function words(a: bigint): number {
  let size = 1;
  while (size < MAX_WORDS && BigInt.asIntN(64 * size, a) !== a) size = Math.ceil(1.4 * size);
  return Math.min(size, MAX_WORDS);
}

/** Pays for an operation that costs `factor` for each pair of words, and something for each word. */
function spend(budget: Budget, a: bigint, b: bigint, factor: number): void {
  const [m, n] = [words(a), words(b)];
  const linearCost = m + n === 2 ? 0 : LONG_COST + WORD_COST * (m + n);
  budget.spend(linearCost + factor * m * n);
}

function spendOnDivision(a: bigint, b: bigint, budget: Budget): void {
  if (b === 0n) throw new InvalidStatement("division by zero");
  spend(budget, a, b, 1);
}

function bounded(a: bigint): bigint {
  if (absolute(a) >= LIMIT) throw new InvalidStatement("this integer is too large");
  return a;
}

/** Returns an integer in decimal digits. */
export function integerText(a: bigint, budget: Budget): string {
  budget.spend(2 * words(a) ** 2);
  if (absolute(a) >= TEXT_LIMIT) throw new InvalidStatement(`more than ${MAX_DIGITS} digits`);
  return `${a}`;
}

/** `-a` */
export function negate(a: bigint, budget: Budget): bigint {
  spend(budget, a, a, 0);
  return -a;
}

/** `a + b` */
export function add(a: bigint, b: bigint, budget: Budget): bigint {
  spend(budget, a, b, 0);
  return bounded(a + b);
}

/** `a * b` */
export function multiply(a: bigint, b: bigint, budget: Budget): bigint {
  spend(budget, a, b, 1 / 2);
  return bounded(a * b);
}

/** `a / b`: the float nearest to the quotient. */
export function divide(a: bigint, b: bigint, budget: Budget): number {
  spendOnDivision(a, b, budget);
  // If both are floats as well, dividing those rounds correctly.
  if (Number.isSafeInteger(Number(a)) && Number.isSafeInteger(Number(b))) {
    return Number(a) / Number(b);
  }
  budget.spend(ROUND_COST);
  const quotient = float.finite(nearestFloat(absolute(a), absolute(b)));
  return (a < 0n) === (b < 0n) ? quotient : -quotient;
}

/** `a // b`, rounded down, and `a % b`, which has the sign of `b`. */
export function divmod(a: bigint, b: bigint, budget: Budget): [bigint, bigint] {
  spendOnDivision(a, b, budget);
  const quotient = a / b;
  const remainder = a - quotient * b;
  return remainder !== 0n && (remainder < 0n) !== (b < 0n)
    ? [quotient - 1n, remainder + b]
    : [quotient, remainder];
}

/** `a ** b`: an integer, or a float if `b` is negative. */
export function power(a: bigint, b: bigint, budget: Budget): bigint | number {
  return b < 0n
    ? float.power(float.toFloat(a), float.toFloat(b), budget)
    : naturalPower(a, b, budget);
}

function naturalPower(a: bigint, b: bigint, budget: Budget): bigint {
  if (b === 0n) return 1n;
  if (-1n <= a && a <= 1n) return b % 2n === 0n ? a * a : a;
  const bits = logarithm(absolute(a)) * Number(b);
  if (bits > MAX_BITS) throw new InvalidStatement("this power is too large");
  budget.spend((bits / 64) ** 2 / 2);
  return bounded(a ** b);
}

/** Returns the logarithm to the base 2. */
function logarithm(a: bigint): number {
  const shift = Math.max(bitLength(a) - 64, 0);
  return Math.log2(Number(a >> BigInt(shift))) + shift;
}

/** `pow(a, b, modulus)`: a negative `b` is a power of the inverse of `a`. */
export function* modularPower(
  a: bigint,
  b: bigint,
  modulus: bigint,
  budget: Budget,
): Sliced<bigint> {
  const reduce = (n: bigint) => divmod(n, modulus, budget)[1];
  let base = b < 0n ? reduce(inverse(reduce(a), modulus, budget)) : reduce(a);
  let exponent = absolute(b);
  budget.spend(bitLength(exponent) * (2 * words(modulus) ** 2 + 2000));
  let result = reduce(1n);
  for (; exponent > 0n; exponent >>= 1n) {
    yield;
    if (exponent % 2n === 1n) result = result * base % modulus;
    base = base * base % modulus;
  }
  return reduce(result);
}

/** Returns an inverse of `a` modulo `modulus`, by the extended Euclidean algorithm. */
function inverse(a: bigint, modulus: bigint, budget: Budget): bigint {
  budget.spend(bitLength(modulus) * (16 * words(modulus) + 2000));
  let [r, nextR] = [modulus, a];
  let [t, nextT] = [0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  if (absolute(r) !== 1n) throw new InvalidStatement("there is no inverse");
  return t * r;
}

/** `round(a, digits)`: a multiple of a power of ten if `digits` is negative; ties go to the even one. */
export function round(a: bigint, digits: bigint, budget: Budget): bigint {
  if (digits >= 0n) return a;
  const unit = naturalPower(10n, -digits, budget);
  spendOnDivision(a, unit, budget);
  return bounded(divideHalfEven(a, unit) * unit);
}
