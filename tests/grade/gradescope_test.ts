import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path/join";
import { copy, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { commandLine, ROOT, startCommand } from "../support/program.ts";
import { submission } from "./grading.ts";

/** Runs what Gradescope runs, with another folder as /autograder and `accio` on the PATH. */
async function autograde(source: string): Promise<Record<string, unknown>> {
  await using dir = new TempDir();
  await Deno.mkdir(dir.file("submission"));
  await copy(source, dir.file("submission", "server-s.py"));
  await Deno.mkdir(dir.file("bin"));
  const [program, ...args] = commandLine("accio");
  const command = [program, ...args].map((word) => word === "main.ts" ? join(ROOT, word) : word);
  // A few quick tests only.
  const script = `#!/bin/sh\nshift\nexec ${command.join(" ")} grade --only=2,4,5 "$@"\n`;
  await Deno.writeTextFile(dir.file("bin", "accio"), script, { mode: 0o755 });
  await using run = startCommand([join(ROOT, "docs", "gradescope", "run_autograder")], {
    env: { AUTOGRADER: dir.path, PATH: `${dir.file("bin")}:${Deno.env.get("PATH")}` },
  });
  const { code, stderr } = await run.outcome();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return JSON.parse(await Deno.readTextFile(dir.file("results", "results.json")));
}

unixTest("the autograder grades a submission and writes what Gradescope reads", async () => {
  const results = await autograde(submission("never_confirms.py"));
  const { tests, ...rest } = results;
  assertEquals({ ...rest, execution_time: 0 }, {
    score: 10,
    execution_time: 0,
    output: "Edition confirm, seed 1.",
    output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
  });
  if (!Array.isArray(tests)) throw new TypeError("no tests");
  assertEquals(
    tests.map(({ number, score, max_score, status, visibility }) => [
      ...[number, score, max_score, status, visibility],
    ]),
    [
      ["2", 0, 5, "failed", "visible"],
      ["4", 5, 5, "passed", "visible"],
      ["5", 5, 5, "passed", "visible"],
    ],
  );
  assertMatch(tests[0].output, /^Rule: .*\nExpected: .*\nGot: .*\nTry: .*\nProgram: python3 /);
});

unixTest("a submission that does nothing gets 0 points and a reason", async () => {
  await using dir = new TempDir();
  const { score, tests } = await autograde(await dir.write("empty.py", new Uint8Array(0)));
  assertEquals(score, 0);
  assertMatch(JSON.stringify(tests), /it ended before that: exit status 0/);
});
