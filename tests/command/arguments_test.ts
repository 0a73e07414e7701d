import { assertEquals, assertThrows } from "@std/assert";
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

Deno.test("a program may take a command line of its own behind --, as it stands", () => {
  const rest = { name: "COMMAND", about: "" };
  const parameters = { operands: [FIRST], options: [COUNT], flags: [LOUD], rest };
  const parse = (...argv: string[]) => {
    const request = parseArguments(parameters, argv);
    if (request.kind !== "run") return request.kind;
    return [request.args.get(FIRST), request.args.get(COUNT), ...request.args.rest];
  };
  assertEquals(parse("a", "--count=3", "--", "run", "--count=4", "-1", "--help", "--", ""), [
    ...["a", 3],
    ...["run", "--count=4", "-1", "--help", "--", ""],
  ]);
  assertThrows(() => parse("a"), UsageError, "COMMAND is missing; it stands behind --");
  assertThrows(() => parse("a", "--"), UsageError, "COMMAND is missing");
  assertThrows(() => parse("a", "run", "--", "x"), UsageError, '"run" is one argument too many');
  assertThrows(() => parse("--", "a"), UsageError, "FIRST is missing");
});

function parse(...argv: string[]): unknown {
  const request = parseArguments(
    { operands: [FIRST, SECOND], options: [COUNT], flags: [LOUD] },
    argv,
  );
  if (request.kind !== "run") return request.kind;
  const { args } = request;
  const loud = args.has(LOUD) ? ["loud"] : [];
  return [args.get(FIRST), args.get(SECOND), args.get(COUNT), ...loud];
}

Deno.test("an option that there is not is told on one line, whatever stands in it", () => {
  for (const word of ["--_", "--_=1", "-_", "-x_", "--count_=1", "--__proto__=1", "--no_count"]) {
    const name = word.replace(/=.*/, "");
    assertThrows(() => parse("a", word, "b"), UsageError, "there is no option -");
    assertThrows(() => parse("a", `--${word}`, "b"), UsageError, name);
  }
  assertThrows(() => parse("--a\r\nb"), UsageError, "there is no option --a\\r\\nb;");
});

Deno.test("options stand before, between and behind operands, with = or a space", () => {
  for (const option of [["--count=3"], ["--count", "3"]]) {
    assertEquals(parse(...option, "a", "b"), ["a", "b", 3]);
    assertEquals(parse("a", ...option, "b"), ["a", "b", 3]);
    assertEquals(parse("a", "b", ...option), ["a", "b", 3]);
  }
});

Deno.test("an option that is not given has its default; of several the last counts", () => {
  assertEquals(parse("a", "b"), ["a", "b", 7]);
  assertEquals(parse("a", "b", "--count=1", "--count=2"), ["a", "b", 2]);
});

Deno.test("operands keep their text, whatever they look like", () => {
  assertEquals(parse("0x10", "1e3"), ["0x10", "1e3", 7]);
  assertEquals(parse("-1", "-10.5x"), ["-1", "-10.5x", 7]);
  assertEquals(parse("-", ""), ["-", "", 7]);
  assertEquals(parse("--", "--count=3", "-h"), ["--count=3", "-h", 7]);
  assertEquals(parse("true", "false"), ["true", "false", 7]);
});

Deno.test("help and version win over everything else", () => {
  assertEquals(parse("--help"), "help");
  assertEquals(parse("a", "b", "c", "--wrong", "-h"), "help");
  assertEquals(parse("--version"), "version");
  assertEquals(parse("--count=x", "-V"), "version");
});

Deno.test("a flag is given or not, and takes no operand for its value", () => {
  for (const argv of [["--loud", "a", "b"], ["a", "--loud", "b"], ["a", "b", "--loud"]]) {
    assertEquals(parse(...argv), ["a", "b", 7, "loud"]);
  }
});
