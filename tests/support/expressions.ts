/**
 * Random expressions of the calculator's grammar.
 *
 * @module
 */

const NUMBERS = [
  ...["0", "1", "2", "3", "7", "10", "12", "97", "1_000", "0x1f", "0b101", "0o17", "00"],
  ...["18446744073709551615", "18446744073709551616", "18446744073709551617"],
  ...["9007199254740991", "9007199254740993", "9223372036854775808", "36893488147419103233"],
  ...["123456789012345678901234567890", "99999999999999999999999999999999999999999"],
  ...["0.0", "0.1", "0.2", "0.3", "0.5", "1.5", "2.5", ".25", "1.", "2.675", "3.14159", "1e2"],
  ...["1e15", "1e16", "1e17", "1e22", "1e23", "123456789012345680.0", "9007199254740993.0"],
  ...["1e-4", "1e-5", "1e308", "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308"],
  ...["1e-300", "1E+5", "1e400"],
];
/** Small enough for any base. */
const EXPONENTS = ["0", "1", "2", "3", "5", "17", "64", "100", "-1", "-2", "-3", "-30"];
const FRACTIONS = ["0.5", "-0.5", "1.5", "0.1", "-2.5", "1e-3", "1e3", "-1e2", "3.0", "1e300"];
const OPERATORS = ["+", "-", "*", "/", "//", "%"];
const COMPARISONS = ["<", "<=", "==", "!=", ">=", ">"];
const SIGNS = ["", "", "", "-", "+", "--", "-+-", "- "];

/** Returns the same expressions for the same seed. */
export class Expressions {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** The next expression. */
  next(): string {
    const depth = this.#below(3);
    const expression = this.#expression(depth);
    return this.#below(20) === 0 ? `divmod(${expression}, ${this.#operand(depth)})` : expression;
  }

  #expression(depth: number): string {
    const shapes: readonly (() => string)[] = [
      () => this.#arithmetic(depth),
      () => this.#arithmetic(depth),
      () => this.#arithmetic(depth),
      () => this.#operand(depth),
      () => this.#call(depth),
      () => this.#chain(depth, COMPARISONS),
    ];
    return this.#pick(shapes)();
  }

  #arithmetic(depth: number): string {
    return this.#chain(depth, OPERATORS);
  }

  #chain(depth: number, operators: readonly string[]): string {
    let text = this.#operand(depth);
    for (let i = this.#below(3); i >= 0; i--) {
      text += this.#space() + this.#pick(operators) + this.#space() + this.#operand(depth);
    }
    return text;
  }

  #operand(depth: number): string {
    const shapes: readonly (() => string)[] = [
      () => this.#number(),
      () => this.#number(),
      () => this.#power(depth),
      () => depth > 0 ? `(${this.#expression(depth - 1)})` : this.#number(),
      () => depth > 0 ? this.#call(depth - 1) : this.#number(),
    ];
    return this.#pick(SIGNS) + this.#pick(shapes)();
  }

  /** Returns a power that is never huge: the exponent is a literal, and the base is no power. */
  #power(depth: number): string {
    const base = depth > 0 && this.#below(2) === 0
      ? `(${this.#chain(0, OPERATORS).replaceAll("**", "*")})`
      : this.#number();
    const exponent = this.#pick(this.#below(2) === 0 ? EXPONENTS : FRACTIONS);
    return `${base}${this.#space()}**${this.#space()}${exponent}`;
  }

  #call(depth: number): string {
    const below = Math.max(0, depth - 1);
    const arg = () => this.#expression(below);
    const small = () => `${this.#below(12) - 6}`;
    const shapes: readonly (() => string)[] = [
      () => `abs(${arg()})`,
      () => `int(${arg()})`,
      () => `float(${arg()})`,
      () => `round(${arg()})`,
      () => `round(${arg()}, ${small()})`,
      () => `round(${this.#number()}, ${this.#below(60) - 30})`,
      () => `sum(divmod(${arg()}, ${arg()}))`,
      () => `min(${arg()}, ${arg()}, ${arg()})`,
      () => `max((${arg()}, ${arg()}))`,
      () => `sum([${arg()}, ${arg()}], ${arg()})`,
      () => `sum((${arg()}, ${arg()},))`,
      () => `pow(${this.#number()}, ${this.#pick(EXPONENTS)})`,
      () =>
        `pow(${this.#number()}, ${this.#pick(EXPONENTS)}, ${this.#pick(SIGNS)}${this.#number()})`,
      () => `pow(${this.#number()}, ${this.#pick(FRACTIONS)})`,
    ];
    return this.#pick(shapes)();
  }

  /** Returns an edge case or random digits. */
  #number(): string {
    if (this.#below(3) > 0) return this.#pick(NUMBERS);
    const integer = `${this.#below(10) || 1}${this.#digits(this.#below(25))}`;
    switch (this.#below(3)) {
      case 0:
        return integer;
      case 1:
        return `${integer}.${this.#digits(this.#below(20))}`;
      default:
        return `${this.#below(10)}.${this.#digits(17)}e${this.#below(640) - 330}`;
    }
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => this.#below(10)).join("");
  }

  #space(): string {
    return this.#below(4) === 0 ? " " : "";
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[this.#below(choices.length)];
    if (choice === undefined) throw new RangeError("nothing to choose from");
    return choice;
  }

  /** Returns an integer from 0 to `limit` - 1. */
  #below(limit: number): number {
    // Mulberry32.
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return Math.floor(((t ^ t >>> 14) >>> 0) / 2 ** 32 * limit);
  }
}
