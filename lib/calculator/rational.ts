/**
 * Between exact numbers and floats: every rounding here is to the nearest, and
 * of a tie to the even one.
 *
 * @module
 */

/** The exponent of the smallest float above 0. */
const MIN_EXPONENT = -1074;
/** How many bits the significand of a float has. */
const PRECISION = 53;

/** How many bits an integer has, without its sign. */
export function bitLength(a: bigint): number {
  const digits = (a < 0n ? -a : a).toString(16);
  return digits === "0" ? 0 : 4 * digits.length - Math.clz32(parseInt(digits.charAt(0), 16)) + 28;
}

/** `numerator / denominator` as an integer. Neither is negative. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const isUp = twice > denominator || twice === denominator && quotient % 2n === 1n;
  return isUp ? quotient + 1n : quotient;
}

/** `numerator / denominator` as a float, which may be infinite. Neither is negative. */
export function nearestFloat(numerator: bigint, denominator: bigint): number {
  const length = bitLength(numerator) - bitLength(denominator);
  for (let exponent = Math.max(length - PRECISION, MIN_EXPONENT);; exponent++) {
    const significand = divideHalfEven(
      shiftUp(numerator, -exponent),
      shiftUp(denominator, exponent),
    );
    // The estimate may be one bit too long.
    if (significand <= 2n ** BigInt(PRECISION)) return Number(significand) * 2 ** exponent;
  }
}

function shiftUp(a: bigint, bits: number): bigint {
  return bits > 0 ? a << BigInt(bits) : a;
}

/** A float without its sign: exactly `significand * 2 ** exponent`. */
export interface ExactFloat {
  readonly significand: bigint;
  readonly exponent: number;
}

/** What a finite float is exactly. */
export function exactFloat(x: number): ExactFloat {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n & 0x7ffn);
  const fraction = bits & (1n << 52n) - 1n;
  return {
    significand: biased === 0 ? fraction : fraction | 1n << 52n,
    exponent: Math.max(biased, 1) - 1 + MIN_EXPONENT,
  };
}
