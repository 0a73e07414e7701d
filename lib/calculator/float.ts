/**
 * Python's `float`.
 *
 * @module
 */

import { positivePower } from "./float_power.ts";
import { divideHalfEven, exactFloat, nearestFloat } from "./rational.ts";
import { InvalidStatement, type Work } from "./work.ts";

/** What a power costs where no shortcut leads to it, in {@linkcode Work}'s unit. */
const POWER_COST = 60_000;
/** What rounding to a number of decimal digits costs. */
const ROUND_COST = 20_000;

/** The shortest digits that mean this float, as `repr()` writes them. */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const [significand = "", power = ""] = Math.abs(x).toExponential().split("e");
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  return sign + layOut(significand.replace(".", ""), Number(power));
}

/** Writes `d.ddd * 10 ** exponent`: with an exponent where it is below -4 or above 15. */
function layOut(digits: string, exponent: number): string {
  if (exponent < -4 || exponent > 15) {
    const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
    const power = `${Math.abs(exponent)}`.padStart(2, "0");
    return `${first}${rest && `.${rest}`}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/**
 * `int(x)`: the part before the point.
 *
 * @throws {InvalidStatement} when `x` is not finite
 */
export function toInteger(x: number): bigint {
  if (!Number.isFinite(x)) throw new InvalidStatement("not finite");
  return BigInt(Math.trunc(x));
}

/** `x / y` */
export function divide(x: number, y: number): number {
  refuseZero(y);
  return x / y;
}

/** What rounding has lost when `x + y` became `sum`. */
export function roundingError(x: number, y: number, sum: number): number {
  const [large, small] = Math.abs(x) >= Math.abs(y) ? [x, y] : [y, x];
  return (large - sum) + small;
}

function refuseZero(divisor: number): void {
  if (divisor === 0) throw new InvalidStatement("division by zero");
}

/** `x % y`, with the sign of `y`. */
export function modulo(x: number, y: number): number {
  refuseZero(y);
  const remainder = x % y;
  if (remainder === 0) return y < 0 ? -0 : 0;
  return (y < 0) === (remainder < 0) ? remainder : remainder + y;
}

/** `x // y`, rounded down. */
export function floorDivide(x: number, y: number): number {
  refuseZero(y);
  const remainder = x % y;
  const isWrongSide = remainder !== 0 && (y < 0) !== (remainder < 0);
  const quotient = (x - remainder) / y - (isWrongSide ? 1 : 0);
  if (quotient === 0) return x / y < 0 || Object.is(x / y, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  // The division before was not exact, but next to an integer.
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/**
 * `x ** y`
 *
 * @throws {InvalidStatement} when the result is complex, infinite because of its
 * size, or a division by zero
 */
export function power(x: number, y: number, work: Work): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const isOdd = Math.abs(y % 2) === 1;
  const magnitude = Math.abs(x);
  if (!Number.isFinite(y)) {
    if (magnitude === 1) return 1;
    return (y > 0) === (magnitude > 1) ? Infinity : 0;
  }
  const isNegative = isOdd && (x < 0 || Object.is(x, -0));
  if (magnitude === 0 && y < 0) throw new InvalidStatement("a negative power of zero");
  if (magnitude === 0 || magnitude === Infinity) {
    const result = (y > 0) === (magnitude > 1) ? Infinity : 0;
    return isNegative ? -result : result;
  }
  if (x < 0 && !Number.isInteger(y)) throw new InvalidStatement("this power is complex");
  if (magnitude === 1) return isNegative ? -1 : 1;
  const result = magnitudeOfPower(magnitude, y, work);
  if (result === Infinity) throw new InvalidStatement("too large for a float");
  return isNegative ? -result : result;
}

/** Some powers are an operation that rounds correctly by itself. */
function magnitudeOfPower(x: number, y: number, work: Work): number {
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
  work.spend(POWER_COST);
  return positivePower(x, y);
}

/**
 * `round(x)`: the nearest integer.
 *
 * @throws {InvalidStatement} when `x` is not finite
 */
export function roundToInteger(x: number): bigint {
  const floor = Math.floor(x);
  const rest = x - floor;
  const isUp = rest > 0.5 || rest === 0.5 && floor % 2 !== 0;
  return toInteger(isUp ? floor + 1 : floor);
}

/** No float has a digit behind this many. */
const MAX_DIGITS = 323n;
/** Every float is less than half of ten to the power of this. */
const MAX_MAGNITUDE = 308n;

/** `round(x, digits)`: the float next to the exact `x`, rounded to so many decimal digits. */
export function roundFloat(x: number, digits: bigint, work: Work): number {
  if (!Number.isFinite(x) || digits > MAX_DIGITS) return x;
  if (digits < -MAX_MAGNITUDE) return 0 * x;
  work.spend(ROUND_COST);
  const { significand, exponent } = exactFloat(x);
  const up = 10n ** (digits > 0n ? digits : 0n);
  const down = 10n ** (digits < 0n ? -digits : 0n);
  const rounded = divideHalfEven(
    significand * up << BigInt(Math.max(exponent, 0)),
    down << BigInt(Math.max(-exponent, 0)),
  );
  const result = nearestFloat(rounded * down, up);
  if (result === Infinity) throw new InvalidStatement("too large for a float");
  return x < 0 || Object.is(x, -0) ? -result : result;
}
