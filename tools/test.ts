/**
 * Everything that must hold: format, lint, types, and all tests, those of the
 * programs twice: from their source, and compiled. The last line tells how many
 * passed and failed. Arguments name the test files to run, from the source only.
 *
 * @module
 */

/** How many checks or tests came out which way. */
interface Count {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

/** Tests of the programs as processes, from their source or compiled. */
const PROGRAMS = "tests/programs";
/** Tests of the same that make things go wrong. */
const FAULTS = "tests/faults";
/** Tests that only compiled programs can pass. */
const BINARIES = "tests/binaries";

if (import.meta.main) {
  const files = Deno.args;
  const counts = [
    await check("fmt", "--check", "--quiet"),
    await check("lint", "--quiet"),
    await check("check", "--quiet"),
    await test("tests", files.length > 0 ? files : [`--ignore=${BINARIES}`]),
  ];
  const skipped: string[] = [];
  if (files.length === 0) {
    const compiled = await check("task", "--quiet", "compile");
    if (compiled.failed === 0) {
      counts.push(
        await test("tests of the compiled programs", [PROGRAMS, FAULTS, BINARIES], "compiled"),
      );
    } else if (Deno.env.has("CI")) {
      counts.push(compiled);
    } else {
      skipped.push("the tests of the compiled programs: they could not be compiled, see above");
    }
  }
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  for (const what of skipped) console.log(`skipped: ${what}`);
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

/** @param form of the programs under test */
async function test(
  name: string,
  files: readonly string[],
  form: "source" | "compiled" = "source",
): Promise<Count> {
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
      "--allow-sys=uid",
      `--junit-path=${report}`,
      ...files,
    ], { ACCIO_TEST_FORM: form });
    return count(name, await Deno.readTextFile(report), success);
  } finally {
    await Deno.remove(report);
  }
}

/** The numbers in a JUnit report. A run that failed without a failed test has one all the same. */
function count(name: string, report: string, success: boolean): Count {
  const root = /<testsuites [^>]*>/.exec(report)?.[0] ?? "";
  const number = (attribute: string) =>
    Number(new RegExp(` ${attribute}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return {
    name,
    passed: number("tests") - failed,
    failed: success ? failed : Math.max(1, failed),
  };
}

async function deno(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    stdin: "null",
  }).spawn().status;
  return success;
}
