/**
 * Exact arithmetic between integers and floats. Everything is rounded to the nearest value, and ties
 * go to the even one.
 *
 * @module
 */

/** Exponent of the smallest float above 0. */
const MIN_EXPONENT = -1074;
/** Number of bits in the significand of a float. */
const PRECISION = 53;

/** Returns the magnitude of an integer. */
export function absolute(a: bigint): bigint {
  return a < 0n ? -a : a;
}

/** Number of bits of an integer, without its sign. */
export function bitLength(a: bigint): number {
  const digits = absolute(a).toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits.charAt(0), 16)) + 28;
}

/** Returns `numerator / denominator` as an integer, for a denominator above 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const distance = 2n * absolute(numerator - quotient * denominator);
  if (distance < denominator || distance === denominator && quotient % 2n === 0n) return quotient;
  return numerator < 0n ? quotient - 1n : quotient + 1n;
}

/** Returns `numerator / denominator` as a float, which may be infinite. Neither is negative. */
export function nearestFloat(numerator: bigint, denominator: bigint): number {
  const length = bitLength(numerator) - bitLength(denominator);
  for (let exponent = Math.max(length - PRECISION, MIN_EXPONENT);; exponent++) {
    const significand = exponent > 0
      ? divideHalfEven(numerator, denominator << BigInt(exponent))
      : divideHalfEven(numerator << BigInt(-exponent), denominator);
    // The estimate may leave one bit too many.
    if (significand <= 2n ** BigInt(PRECISION)) return Number(significand) * 2 ** exponent;
  }
}

/** Returns the exact magnitude of a finite float, which is `significand * 2 ** exponent`. */
export function exactFloat(x: number): { significand: bigint; exponent: number } {
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
