import { assert } from "@std/assert";
import { answer } from "../../lib/calculator/answer.ts";
import { ascii } from "../support/data.ts";
import { Expressions } from "../support/expressions.ts";
import { startCommand } from "../support/program.ts";

const COUNT = 20_000;
/** Set ACCIO_TEST_SEED to repeat a run. */
const SEED = Number(Deno.env.get("ACCIO_TEST_SEED") ?? Date.now() % 2 ** 32);

Deno.test(`agrees with Python on ${COUNT} random expressions`, async () => {
  const expressions = new Expressions(SEED);
  const questions = Array.from({ length: COUNT }, () => expressions.next());
  await using python = startCommand(["python3", "tests/clients/python_calculator.py"], {
    stdin: "piped",
  });
  await python.input(ascii(questions.map((line) => `${line}\n`).join("")));
  const { code, stdout, stderr } = await python.outcome();
  assert(code === 0, stderr);
  const expected = stdout.split("\n");
  const differences = questions.flatMap((expression, i) => {
    const [ours, python] = [answer(expression), expected[i]];
    return ours === python || python === "ROUNDED WRONG"
      ? []
      : [`${expression}\n  Python: ${python}\n  accio:  ${ours}`];
  });
  const first = differences.slice(0, 10).join("\n");
  assert(
    differences.length === 0,
    `ACCIO_TEST_SEED=${SEED}: ${differences.length} differences:\n${first}`,
  );
  const count = (answer: string) => expected.filter((line) => line === answer).length;
  assert(count("ROUNDED WRONG") < COUNT / 100, `${count("ROUNDED WRONG")} wrong powers`);
  assert(count("INVALID STATEMENT") < COUNT / 2, "most expressions have no value");
});
