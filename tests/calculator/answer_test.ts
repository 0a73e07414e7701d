import { assert, assertEquals } from "@std/assert";
import {
  answer,
  answerInSlices,
  INVALID_STATEMENT,
  MAX_EXPRESSION_BYTES,
} from "../../lib/calculator/answer.ts";
import { randomBytes } from "../support/data.ts";
import { filled, HEAVY } from "../support/heavy.ts";

/** The value of each expression, as Python 3 prints it. */
const VALUES: Readonly<Record<string, string>> = {
  // Integers of any size.
  "1": "1",
  "007.5": "7.5",
  "00": "0",
  "1_000": "1000",
  "0x_ff": "255",
  "0XfF": "255",
  "0b101": "5",
  "0o17": "15",
  "2**100": "1267650600228229401496703205376",
  "-2**2": "-4",
  "(-2)**2": "4",
  "2**3**2": "512",
  "2**-1": "0.5",
  "10**-1": "0.1",
  "(-1)**1000000000000000000000": "1",
  "2**14000//2**13999": "2",
  "2**100000//2**99999": "2",
  "7**50000%1000": "1",
  "10**4299%7": "6",
  "18446744073709551616*18446744073709551616": "340282366920938463463374607431768211456",
  // Division rounds down, and the remainder has the divisor's sign.
  "7/2": "3.5",
  "4/2": "2.0",
  "7//2": "3",
  "-7//2": "-4",
  "7//-2": "-4",
  "-7%3": "2",
  "7%-3": "-2",
  "0/-3": "-0.0",
  "7.5//2": "3.0",
  "-7.5%2": "0.5",
  "7.5%-2": "-0.5",
  "1e308%-1e-308": "-6.50155445375437e-309",
  "-1//1e400": "-1.0",
  "10**400/10**399": "10.0",
  "9007199254740993/3": "3002399751580331.0",
  "1/3": "0.3333333333333333",
  "(2**53+1)/1": "9007199254740992.0",
  "1/10**320": "1e-320",
  "1/10**400": "0.0",
  // Floats are printed with their shortest digits.
  "0.1+0.2": "0.30000000000000004",
  "1e16": "1e+16",
  "1e15": "1000000000000000.0",
  "123456789012345678.0": "1.2345678901234568e+17",
  "0.0001": "0.0001",
  "0.00001": "1e-05",
  "1.": "1.0",
  ".5": "0.5",
  "1E5": "100000.0",
  "1_0.0_1e1_0": "100100000000.0",
  "5e-324": "5e-324",
  "1e400": "inf",
  "-1e308*10": "-inf",
  "1e400-1e400": "nan",
  "-0.0": "-0.0",
  "0*-1": "0",
  // Powers of floats are correctly rounded.
  "2**0.5": "1.4142135623730951",
  "1.1**10": "2.5937424601000023",
  "0.1**3": "0.0010000000000000002",
  "134217729.0**2": "1.801439877791744e+16",
  "208065.0**3": "9007351116674624.0",
  "1e-320**0.9": "9.999899804588211e-289",
  "10.0**308": "1e+308",
  "2.0**-1074": "5e-324",
  "2.0**-1076": "0.0",
  "-8.0**3": "-512.0",
  "(-8.0)**-3": "-0.001953125",
  "(-0.0)**3": "-0.0",
  "1**(1e400-1e400)": "1.0",
  "(-1)**1e400": "1.0",
  "0.5**1e400": "0.0",
  "1.0000000000000002**1e18": "2.7086111089766717e+96",
  // Signs.
  "--1": "1",
  "-+-1": "1",
  "2--1": "3",
  "2*-3": "-6",
  "-2**-2": "-0.25",
  "2**-2**2": "0.0625",
  "+(1<2)": "1",
  "-(1<2)": "-1",
  // Comparisons.
  "1<2": "True",
  "1<2<3": "True",
  "1<3<2": "False",
  "1>2<1//0": "False",
  "1==1.0": "True",
  "1!=1.0": "False",
  "2**53==2.0**53": "True",
  "2**53+1==2.0**53": "False",
  "10**400>1e308": "True",
  "10**400<1e400": "True",
  "(1e400-1e400)==(1e400-1e400)": "False",
  "(1e400-1e400)!=1": "True",
  "(1<2)+(2>=2)": "2",
  "(1<2)==1": "True",
  // Functions.
  "abs(-3)": "3",
  "abs(-0.0)": "0.0",
  "abs(1<2)": "1",
  "round(2.5)": "2",
  "round(3.5)": "4",
  "round(-2.5)": "-2",
  "round(0.49999999999999994)": "0",
  "round(2.675, 2)": "2.67",
  "round(0.125, 2)": "0.12",
  "round(1234.5678, -2)": "1200.0",
  "round(-0.4, 0)": "-0.0",
  "round(1.5, 400)": "1.5",
  "round(1.5, -400)": "0.0",
  "round(25, -1)": "20",
  "round(35, -1)": "40",
  "round(-15, -1)": "-20",
  "round(1<2)": "1",
  "round(1.25, 1<2)": "1.2",
  "round(1e22)": "10000000000000000000000",
  "min(3, 1.0, 1)": "1.0",
  "max(1, 1.0)": "1",
  "max((1, 2))": "2",
  "max([1, 3, 2],)": "3",
  "pow(2, 10)": "1024",
  "pow(2, -1)": "0.5",
  "pow(3, 4, 5)": "1",
  "pow(3, -1, 7)": "5",
  "pow(2, -1, -7)": "-3",
  "pow(5, 3, -7)": "-1",
  "pow(0, 0, 1)": "0",
  "pow(3, 2**200, 2**61-1)": "2149975014418732133",
  "sum((1, 2, 3))": "6",
  "sum([0.1, 0.2], 1)": "1.3",
  // Sums of floats are compensated, even with integers among them.
  "sum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])": "1.0",
  "sum((0.1, 0.2, 0.3), 0.0)": "0.6",
  "0.1+0.2+0.3": "0.6000000000000001",
  "sum([1e100, 1, -1e100])": "1.0",
  "sum([1e16, 1, 1<2])": "1.0000000000000002e+16",
  "sum([1e16, 1.0, 1.0, -1e16], 0.5)": "2.5",
  "sum([5e-324, 1e308, -1e308])": "5e-324",
  "sum([-0.0])": "0.0",
  "sum([-0.0], -0.0)": "-0.0",
  "sum([1e400, 1])": "inf",
  "sum([1e308, 1e308, -1e308])": "inf",
  "sum([1e400, -1e400])": "nan",
  // That starts at the first float, unless the sum began as a bool or needed more than 64 bits.
  "sum([1, 1e16, 1, -1e16])": "1.0",
  "sum([2**62, 0.1, 0.2, 0.3, -2**62])": "0.5",
  "sum([0.1, 2**70, 0.2, -2**70])": "0.30000000000000004",
  "sum([0.1, 0.2, 0.3], 1>1)": "0.6000000000000001",
  "sum([2**63, 0.1, 0.2, -2**63])": "0.0",
  "sum([2**63-1, 1, -2**63, 0.1, 0.2, 0.3])": "0.6000000000000001",
  "sum(())": "0",
  "sum((1<2, 1<2))": "2",
  "divmod(7, 2)": "(3, 1)",
  "divmod(-7.5, 2)": "(-4.0, 0.5)",
  "int(-3.9)": "-3",
  "int(1e23)": "99999999999999991611392",
  "int()": "0",
  "float(3)": "3.0",
  "float()": "0.0",
  "abs (-1)": "1",
  // Tuples and lists.
  "1, 2": "(1, 2)",
  "(1,)": "(1,)",
  "()": "()",
  "[1, 2.0]": "[1, 2.0]",
  // Space.
  " \t1 + 1 \f": "2",
};

for (const [expression, value] of Object.entries(VALUES)) {
  Deno.test(`${expression} is ${value}`, () => assertEquals(answer(expression), value));
}

const NO_VALUE: Readonly<Record<string, readonly string[]>> = {
  "what the grammar does not include": [
    ...["", " ", "1+", "*1", "1 2", "(1", "1)", "()1", "(,)", "abs(,)", "1(2)", "1 <> 2", "1 = 1"],
    ...["1,,2", "2 ** ", "1 if 1 else 2", "1 and 2", "not 1", "1 is 1", "1 & 1", "~1", "1 << 2"],
    ...[
      "1;2",
      "1#2",
      "1\n",
      "1\r+2",
      "1\0",
      "\0",
      "\u00e9",
      "\ufeff1",
      "\u0661",
      "1j",
      "[1",
      "[1)",
    ],
  ],
  "names and strings": [
    ...[
      "x",
      "abs",
      "True",
      "None",
      "__import__('os')",
      "'1'",
      '"1"',
      "f'1'",
      "print(1)",
      "eval('1')",
    ],
    ...["exit()", "open(1)", "constructor(1)", "toString()", "lambda: 1", "int('1')", "(1).real"],
    ...["abs(x=1)", "max(*[1])", "round(number=1)", "hex(1)"],
  ],
  "malformed numbers": [
    ...["01", "0777", "1_", "1__0", "_1", "1._5", "1_.5", "1e", "1e_5", "0x", "0xg", "0b2", "0o8"],
    ...["1.5.2", "1..2", "1.e", "0_1", "1e5j", "1L", "0b", "12abc"],
  ],
  "divisions by zero": [
    ...["1/0", "1//0", "1%0", "1.0/0", "1//0.0", "1%0.0", "0**-1", "0.0**-1", "divmod(1, 0)"],
    ...["pow(1, 1, 0)", "1/(1-1)", "1<2<1/0"],
  ],
  "wrong arguments": [
    ...["abs()", "abs(1, 2)", "round()", "round(1, 2, 3)", "round(1, 1.0)", "min()", "min(1)"],
    ...["max(())", "sum(1)", "sum()", "sum((1, 2), 3, 4)", "sum(((1,), (2,)))", "divmod(1)"],
    ...["pow(1)", "pow(2, 3.0, 5)", "pow(2, -1, 4)", "int(1, 10)", "int(1e400)", "float((1, 2))"],
    ...["round(1e400)", "int(1e400-1e400)", "(1, 2)+1", "-(1, 2)", "(1, 2)<(3, 4)", "abs((1,))"],
  ],
  "complex results": ["(-1)**0.5", "(-8)**(1/3)", "(-2.5)**-0.5"],
  "results too large for a float": [
    ...["2**1024*1.0", "float(10**400)", "10**400/1", "10**400+1.5", "10.0**309", "1e200**2"],
    ...["(2**53+1)**-1*10**400", "round(1.7e308, -308)", "10**400//0.5", "2**0.5**-11"],
  ],
  "numbers of more than 4300 digits": [
    ...["10**4300", "-10**4300", "9".repeat(4301), "0x1" + "0".repeat(4000), "1e999999", "1e4300"],
    ...["(1, 10**5000)", "1" + "0".repeat(100_000)],
  ],
  "powers that cost too much": [
    ...["9**9**9", "9**9**9**9", "2**10**18", "(2**1000)**1000", "1.5**9**9**9", "-9**9**9"],
    ...["pow(9, 9**9)", "2**(2**64)", "(-3)**1000000", "round(1, -10**9)"],
  ],
};

for (const [what, expressions] of Object.entries(NO_VALUE)) {
  Deno.test(`refuses ${what}`, () => {
    for (const expression of expressions) {
      assertEquals(answer(expression), INVALID_STATEMENT, expression.slice(0, 100));
    }
  });
}

Deno.test("reads and prints 4300 digits", () => {
  assertEquals(answer("9".repeat(4300)), "9".repeat(4300));
  assertEquals(answer("10**4299"), `1${"0".repeat(4299)}`);
});

Deno.test("brackets nest 200 deep and no deeper", () => {
  const nested = (depth: number) => "(".repeat(depth) + "1" + ")".repeat(depth);
  assertEquals(answer(nested(200)), "1");
  assertEquals(answer(nested(201)), INVALID_STATEMENT);
  assertEquals(answer("abs(".repeat(200) + "1" + ")".repeat(200)), "1");
  assertEquals(answer("(".repeat(60_000)), INVALID_STATEMENT);
});

Deno.test("a power of floats is the float nearest to the exact power, unlike the C library's", () => {
  // The results of glibc 2.36. Only 1.25**23 lies half-way between two floats.
  const powers = [
    [1.25, 23n, "169.40658945086008"],
    [2.81, 32n, "228350642007243.8"],
    [1.82, 15n, "7962.891895628029"],
  ] as const;
  for (const [x, y, glibc] of powers) {
    const ours = answer(`${x}**${y}`);
    // All of these floats are whole numbers of 2**-60.
    const inUnits = (text: string | number) => BigInt(Number(text) * 2 ** 60);
    const scale = 2n ** (60n * (y - 1n));
    const distance = (text: string) => {
      const difference = inUnits(text) * scale - inUnits(x) ** y;
      return difference < 0n ? -difference : difference;
    };
    assert(distance(ours) <= distance(glibc), `${x}**${y} is ${ours}, not ${glibc}`);
    assert(ours !== glibc, `${x}**${y} is ${ours}`);
  }
});

Deno.test("signs, sums, products, powers and comparisons can be 64 KiB long", () => {
  assertEquals(answer(filled("--")), "1");
  assertEquals(answer(filled("1+")), "32768");
  assertEquals(answer(filled("1*")), "1");
  assertEquals(answer(filled("1**")), "1");
  assertEquals(answer(filled("1<=")), "True");
  assertEquals(answer(" ".repeat(MAX_EXPRESSION_BYTES - 1) + "1"), "1");
  assertEquals(answer(" ".repeat(MAX_EXPRESSION_BYTES) + "1"), INVALID_STATEMENT);
});

Deno.test("no slice of a heavy expression takes longer than one long product", () => {
  const limit = Math.min(...Array.from({ length: 20 }, productTime));
  for (const expression of HEAVY) {
    let times = sliceTimes(expression);
    // The slices are the same in each round, unlike the load of the machine.
    for (let round = 1; round < 50 && Math.max(...times) >= limit; round++) {
      times = sliceTimes(expression).map((time, i) => Math.min(time, times[i] ?? Infinity));
    }
    const longest = Math.max(...times);
    assert(longest < limit, `${longest} ms, not ${limit} ms: ${expression.slice(0, 60)}`);
  }
});

const LONG = 3n ** 600_000n;

/** Returns the time (ms) of a product of two numbers of a million bits: about 7 ms. */
function productTime(): number {
  const start = performance.now();
  assert(LONG * (LONG + 1n) > LONG);
  return performance.now() - start;
}

/** Returns the time (ms) that each slice of an evaluation takes. */
function sliceTimes(expression: string): number[] {
  const slices = answerInSlices(expression);
  const times: number[] = [];
  for (let isDone: boolean | undefined = false; !isDone;) {
    const start = performance.now();
    isDone = slices.next().done;
    times.push(performance.now() - start);
  }
  return times;
}

Deno.test("answers random text", () => {
  const signs = [..."0123456789.e_+-*/%()[],<=>! x"];
  const words = ["**", "//", "==", "abs(", "round(", "pow(", "sum((", "max(", "1e308", "2**", "-"];
  const pieces = [...signs, ...words];
  for (let seed = 1; seed <= 20_000; seed++) {
    const bytes = randomBytes(1 + seed % 12, seed);
    answer(Array.from(bytes, (byte) => pieces[byte % pieces.length]).join(""));
  }
});
