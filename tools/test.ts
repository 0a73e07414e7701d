/**
 * Everything that must hold: format, lint, types, and all tests. The last line
 * tells how many passed and failed. Arguments name the test files to run.
 *
 * @module
 */

/** How many checks or tests came out which way. */
interface Count {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

if (import.meta.main) {
  const counts = [
    await check("fmt", "--check", "--quiet"),
    await check("lint", "--quiet"),
    await check("check", "--quiet"),
    await test(Deno.args),
  ];
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  for (const count of counts) {
    if (count.failed > 0) console.log(`FAILED: ${count.name}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}

/** Runs one of Deno's own checks over the whole project. */
async function check(...args: readonly string[]): Promise<Count> {
  const name = `deno ${args.join(" ")}`;
  const success = await deno(args);
  console.log(`${name} ... ${success ? "ok" : "FAILED"}`);
  return success ? { name, passed: 1, failed: 0 } : { name, passed: 0, failed: 1 };
}

async function test(files: readonly string[]): Promise<Count> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const success = await deno([
      "test",
      "--no-check", // It was done above.
      "--no-prompt",
      "--parallel",
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env",
      `--junit-path=${report}`,
      ...files,
    ]);
    return count(await Deno.readTextFile(report), success);
  } finally {
    await Deno.remove(report);
  }
}

/** The numbers in a JUnit report. A run that failed without a failed test has one all the same. */
function count(report: string, success: boolean): Count {
  const root = /<testsuites [^>]*>/.exec(report)?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return {
    name: "deno test",
    passed: number("tests") - failed,
    failed: success ? failed : Math.max(1, failed),
  };
}

async function deno(args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
  }).spawn().status;
  return success;
}
