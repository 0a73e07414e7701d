import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Flag,
  type Operand,
  type Option,
  parseArguments,
} from "../../lib/command/arguments.ts";
import { UsageError } from "../../lib/command/errors.ts";

const FIRST: Operand<string> = {
  name: "FIRST",
  about: "",
  parse: (text) => text,
};
const SECOND: Operand<string> = { ...FIRST, name: "SECOND" };
const COUNT: Option<number> = {
  name: "count",
  placeholder: "N",
  about: "",
  default: "7",
  parse: Number,
};

const LOUD: Flag = { name: "loud", about: "" };

Deno.test("passes on a command line after -- as it is", () => {
  const rest = { name: "COMMAND", about: "" };
  const syntax = { operands: [FIRST], options: [COUNT], flags: [LOUD], rest };
  const parse = (...argv: string[]) => {
    const args = parseArguments(syntax, argv);
    return typeof args === "string" ? args : [args.get(FIRST), args.get(COUNT), ...args.rest];
  };
  assertEquals(parse("a", "--count=3", "--", "run", "--count=4", "-1", "--help", "--", ""), [
    ...["a", 3],
    ...["run", "--count=4", "-1", "--help", "--", ""],
  ]);
  assertThrows(() => parse("a"), UsageError, "COMMAND is missing; it follows --");
  assertThrows(() => parse("a", "--"), UsageError, "COMMAND is missing");
  assertThrows(() => parse("a", "run", "--", "x"), UsageError, '"run" is one argument too many');
  assertThrows(() => parse("--", "a"), UsageError, "FIRST is missing");
});

function parse(...argv: string[]): unknown {
  const syntax = { operands: [FIRST, SECOND], options: [COUNT], flags: [LOUD] };
  const args = parseArguments(syntax, argv);
  if (typeof args === "string") return args;
  const loud = args.has(LOUD) ? ["loud"] : [];
  return [args.get(FIRST), args.get(SECOND), args.get(COUNT), ...loud];
}

Deno.test("reports an unknown option on one line, whatever characters it has", () => {
  for (const word of ["--_", "--_=1", "-_", "-x_", "--count_=1", "--__proto__=1", "--no_count"]) {
    const name = word.replace(/=.*/, "");
    assertThrows(() => parse("a", word, "b"), UsageError, "there is no option -");
    assertThrows(() => parse("a", `--${word}`, "b"), UsageError, name);
  }
  assertThrows(() => parse("--a\r\nb"), UsageError, "there is no option --a\\r\\nb;");
});

Deno.test("accepts options before, between and after operands, with = or a space", () => {
  for (const option of [["--count=3"], ["--count", "3"]]) {
    assertEquals(parse(...option, "a", "b"), ["a", "b", 3]);
    assertEquals(parse("a", ...option, "b"), ["a", "b", 3]);
    assertEquals(parse("a", "b", ...option), ["a", "b", 3]);
  }
});

Deno.test("uses the default of an absent option, and the last value of a repeated one", () => {
  assertEquals(parse("a", "b"), ["a", "b", 7]);
  assertEquals(parse("a", "b", "--count=1", "--count=2"), ["a", "b", 2]);
});

Deno.test("keeps the text of operands, whatever they look like", () => {
  assertEquals(parse("0x10", "1e3"), ["0x10", "1e3", 7]);
  assertEquals(parse("-1", "-10.5x"), ["-1", "-10.5x", 7]);
  assertEquals(parse("-", ""), ["-", "", 7]);
  assertEquals(parse("--", "--count=3", "-h"), ["--count=3", "-h", 7]);
  assertEquals(parse("true", "false"), ["true", "false", 7]);
});

Deno.test("help and version take precedence over everything else", () => {
  assertEquals(parse("--help"), "help");
  assertEquals(parse("a", "b", "c", "--wrong", "-h"), "help");
  assertEquals(parse("--version"), "version");
  assertEquals(parse("--count=x", "-V"), "version");
});

Deno.test("a flag does not take the next operand as its value", () => {
  for (const argv of [["--loud", "a", "b"], ["a", "--loud", "b"], ["a", "b", "--loud"]]) {
    assertEquals(parse(...argv), ["a", "b", 7, "loud"]);
  }
  assertThrows(() => parse("a", "b", "--loud=yes"), UsageError, '--loud takes no value; got "yes"');
});

Deno.test("an option takes the next word as its value, negative numbers and - included", () => {
  assertEquals(parse("a", "--count", "-1", "b"), ["a", "b", -1]);
  assertEquals(parse("a", "b", "--count", "-"), ["a", "b", NaN]);
  assertEquals(parse("a", "b", "--count", "--loud"), ["a", "b", 0, "loud"]);
  assertEquals(parse("a", "--count=", "b"), ["a", "b", 0]);
  assertEquals(parse("a", "--count", "--", "b"), ["a", "b", 0]);
});

Deno.test("parses each value once", () => {
  let parsed = 0;
  const counted: Operand<number> = { ...FIRST, parse: () => ++parsed };
  const args = parseArguments({ operands: [counted], options: [], flags: [] }, ["x"]);
  assert(typeof args !== "string");
  assertEquals([args.get(counted), args.get(counted)], [1, 1]);
});

Deno.test("asking for an argument that the program does not declare is an error", () => {
  const args = parseArguments({ operands: [], options: [], flags: [] }, []);
  assert(typeof args !== "string");
  assertThrows(() => args.get(COUNT), TypeError, "count is not declared");
  assertThrows(() => args.has(LOUD), TypeError, "--loud is not declared");
});
