/**
 * Correctly rounded powers of floats. `Math.pow` often differs in its last digit from the C library
 * that Python uses.
 *
 * Numbers here are fixed-point: integers in units of 2 ** -BITS.
 *
 * @module
 */

import { exactFloat, nearestFloat } from "./rational.ts";

const BITS = 192n;
const ONE = 1n << BITS;
/** Number of exact bits in a result from 1 to 2; the rest is noise. */
const GOOD_BITS = 120n;
/** The exponential series is summed for a fraction 2 ** -HALVINGS, and then squared HALVINGS times. */
const HALVINGS = 8n;

const LN_2 = naturalLogarithm(2n * ONE);

/**
 * `x ** y` for finite numbers, where `x` is above 0: the float nearest to the exact power, of a tie
 * the even one; infinite if that is too large.
 */
export function positivePower(x: number, y: number): number {
  const estimate = Math.log2(x) * y;
  if (estimate > 1100) return Infinity;
  if (estimate < -1200) return 0;
  const exponent = timesFloat(binaryLogarithm(x), y);
  const whole = exponent >> BITS;
  const part = powerOfTwo(exponent - (whole << BITS));
  const noise = BITS - GOOD_BITS;
  // A power that is a float, or half-way between two, becomes exact again.
  const significand = (part + (1n << noise - 1n)) >> noise;
  const shift = whole - GOOD_BITS;
  return shift > 0n
    ? nearestFloat(significand << shift, 1n)
    : nearestFloat(significand, 1n << -shift);
}

function timesFloat(a: bigint, y: number): bigint {
  const { significand, exponent } = exactFloat(y);
  return a * (y < 0 ? -significand : significand) << BigInt(exponent);
}

/** Returns the logarithm of a float to the base 2. */
function binaryLogarithm(x: number): bigint {
  const { significand, exponent } = exactFloat(x);
  const power = Math.round(Math.log2(x));
  // The series is short for a significand near 1; a power that is off by one makes it longer.
  const near1 = significand << BITS + BigInt(exponent - power);
  return BigInt(power) * ONE + (naturalLogarithm(near1) << BITS) / LN_2;
}

/** Returns the natural logarithm: `ln a = 2 artanh z`, where `z = (a - 1) / (a + 1)`. */
function naturalLogarithm(a: bigint): bigint {
  const z = ((a - ONE) << BITS) / (a + ONE);
  const square = z * z >> BITS;
  let sum = 0n;
  let power = z < 0n ? -z : z;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += power / k;
    power = power * square >> BITS;
  }
  return z < 0n ? -2n * sum : 2n * sum;
}

/** Returns `2 ** a` for an `a` in [0, 1). */
function powerOfTwo(a: bigint): bigint {
  const x = a * LN_2 >> BITS + HALVINGS;
  let sum = ONE;
  let term = ONE;
  for (let k = 1n; term > 0n; k++) {
    term = (term * x >> BITS) / k;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = sum * sum >> BITS;
  return sum;
}
