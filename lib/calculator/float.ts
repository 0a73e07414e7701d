/**
 * Python's `float`.
 *
 * @module
 */

import { type Budget, InvalidStatement } from "./budget.ts";
import { positivePower } from "./float_power.ts";
import { divideHalfEven, exactFloat } from "./rational.ts";

/** Cost of a power, apart from a few that one operation computes. */
const POWER_COST = 60_000;
/** Cost of rounding to decimal digits. */
const ROUND_COST = 20_000;

/** Returns the shortest digits that identify a float, as `repr()` does. */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  if (x === 0) return isNegative(x) ? "-0.0" : "0.0";
  const magnitude = Math.abs(x);
  if (magnitude < 1e-4 || magnitude >= 1e16) {
    return x.toExponential().replace(/(?<=e[+-])\d$/, "0$&");
  }
  return Number.isInteger(x) ? `${x}.0` : `${x}`;
}

/** Whether the sign is a minus, even that of -0.0. */
function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/**
 * Returns `x`.
 *
 * @throws {InvalidStatement} if it is not finite
 */
export function finite(x: number): number {
  if (!Number.isFinite(x)) throw new InvalidStatement("not finite");
  return x;
}

/**
 * `float(x)`
 *
 * @throws {InvalidStatement} if an integer is too large for a float
 */
export function toFloat(x: bigint | number): number {
  return typeof x === "bigint" ? finite(Number(x)) : x;
}

/** Returns what rounding lost when `x + y` became `sum`. */
export function roundingError(x: number, y: number, sum: number): number {
  const [large, small] = Math.abs(x) >= Math.abs(y) ? [x, y] : [y, x];
  return (large - sum) + small;
}

/** `x / y` */
export function divide(x: number, y: number): number {
  if (y === 0) throw new InvalidStatement("division by zero");
  return x / y;
}

/** `x // y`, rounded down, and `x % y`, which has the sign of `y`. */
export function divmod(x: number, y: number): [number, number] {
  const exact = divide(x, y);
  let remainder = x % y;
  let quotient = (x - remainder) / y;
  if (remainder === 0) remainder = y < 0 ? -0 : 0;
  else if ((remainder < 0) !== (y < 0)) [quotient, remainder] = [quotient - 1, remainder + y];
  if (quotient === 0) return [isNegative(exact) ? -0 : 0, remainder];
  // The division was inexact, but its result is close to an integer.
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, remainder];
}

/**
 * `x ** y`
 *
 * @throws {InvalidStatement} if the result is complex or too large, or divides by zero
 */
export function power(x: number, y: number, budget: Budget): number {
  if (x === 1 || x === -1 && Math.abs(y) === Infinity) return 1; // NaN in JavaScript.
  if (!Number.isFinite(x) || !Number.isFinite(y)) return x ** y;
  if (x === 0 && y < 0) throw new InvalidStatement("a negative power of zero");
  if (x < 0 && !Number.isInteger(y)) throw new InvalidStatement("this power is complex");
  if (x === 0 || x === -1 || y === 0) return x ** y;
  const magnitude = finite(magnitudeOfPower(Math.abs(x), y, budget));
  return x < 0 && y % 2 !== 0 ? -magnitude : magnitude;
}

function magnitudeOfPower(x: number, y: number, budget: Budget): number {
  switch (y) {
    case -1:
      return 1 / x;
    case 0.5:
      return Math.sqrt(x);
    case 1:
      return x;
    case 2:
      return x * x;
  }
  budget.spend(POWER_COST);
  return positivePower(x, y);
}

/**
 * `round(x)`: the nearest integer; ties go to the even one.
 *
 * @throws {InvalidStatement} if `x` is not finite
 */
export function roundToInteger(x: number): bigint {
  const floor = Math.floor(x);
  const rest = x - floor;
  const isUp = rest > 0.5 || rest === 0.5 && floor % 2 !== 0;
  return BigInt(finite(isUp ? floor + 1 : floor));
}

/** A float does not change if it is rounded to more decimal places. */
const MAX_PLACES = 323n;
/** Every float becomes 0 if it is rounded to a multiple of a higher power of ten. */
const MAX_MAGNITUDE = 308n;

/** `round(x, digits)`: the float nearest to the exact `x` rounded to decimal places. */
export function round(x: number, digits: bigint, budget: Budget): number {
  if (!Number.isFinite(x) || digits > MAX_PLACES) return x;
  if (digits < -MAX_MAGNITUDE) return 0 * x;
  budget.spend(ROUND_COST);
  const { significand, exponent } = exactFloat(x);
  const rounded = divideHalfEven(
    significand * 10n ** (digits > 0n ? digits : 0n) << BigInt(Math.max(exponent, 0)),
    10n ** (digits < 0n ? -digits : 0n) << BigInt(Math.max(-exponent, 0)),
  );
  const result = finite(Number(`${rounded}e${-digits}`));
  return isNegative(x) ? -result : result;
}
