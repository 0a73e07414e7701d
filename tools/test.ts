/**
 * Everything that must hold: format, lint, types, and all tests, those of the
 * programs twice: from their source, and compiled. The last line tells how many
 * passed and failed. Arguments name the test files to run, from the source only.
 *
 * @module
 */

/** How checks or tests came out. */
interface Result {
  readonly passed: number;
  /** What failed, with the reason where one line can tell it. */
  readonly failures: readonly string[];
}

/** Tests of the programs as processes, from their source or compiled. */
const PROGRAMS = "tests/programs";
/** Tests that only compiled programs can pass. */
const BINARIES = "tests/binaries";
/** How much of the reason for a failure its line has, in characters. */
const MAX_REASON = 500;
/** After so many failures the rest is not worth its time: each may be a wait for two minutes. */
const MAX_FAILURES = 20;
/** How many files are tested at once: many tests wait more than they work. */
const JOBS = 2 * navigator.hardwareConcurrency;
const PATH = await pathToPython();

if (import.meta.main) {
  const files = Deno.args;
  const results = [
    await check("fmt", "--check", "--quiet"),
    await check("lint", "--quiet"),
    await check("check", "--quiet"),
  ];
  const skipped: string[] = [];
  if (files.length > 0) {
    results.push(await test(files));
  } else {
    results.push(await test([`--ignore=${BINARIES}`]));
    const compiled = await check("task", "--quiet", "compile");
    if (compiled.failures.length === 0) {
      results.push(await test([PROGRAMS, BINARIES], "compiled"));
    } else if (Deno.env.has("CI")) {
      results.push(compiled);
    } else {
      skipped.push("the tests of the compiled programs: they could not be compiled, see above");
    }
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failures = results.flatMap((result) => result.failures);
  for (const what of skipped) console.log(`skipped: ${what}`);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  Deno.exit(failures.length === 0 ? 0 : 1);
}

/** Runs one of Deno's own checks over the whole project. */
async function check(...args: readonly string[]): Promise<Result> {
  const name = `deno ${args.join(" ")}`;
  const success = await deno(args);
  console.log(`${name} ... ${success ? "ok" : "FAILED"}`);
  return success ? { passed: 1, failures: [] } : { passed: 0, failures: [name] };
}

/** Runs tests, with the programs in this form. */
async function test(
  files: readonly string[],
  form: "source" | "compiled" = "source",
): Promise<Result> {
  const report = await Deno.makeTempFile({ prefix: "accio-", suffix: ".xml" });
  try {
    const success = await deno([
      "test",
      "--no-check", // It was done above.
      "--no-prompt",
      "--parallel",
      `--fail-fast=${MAX_FAILURES}`,
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env",
      "--allow-sys=uid",
      `--junit-path=${report}`,
      ...files,
    ], { ACCIO_TEST_FORM: form, DENO_JOBS: `${JOBS}`, PATH });
    const { passed, failures } = read(await Deno.readTextFile(report));
    return {
      passed,
      failures: success || failures.length > 0
        ? failures.map((failure) => `${failure} (programs: ${form})`)
        : [`deno test ${files.join(" ")}: see above`],
    };
  } finally {
    await Deno.remove(report);
  }
}

/** What a JUnit report says. */
function read(report: string): Result {
  const tests = Number(/<testsuites [^>]* tests="(\d+)"/.exec(report)?.[1] ?? 0);
  const skipped = report.match(/<skipped\b/g)?.length ?? 0;
  const failed =
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*<(?:failure|error) message="([^"]*)/g;
  const failures = [...report.matchAll(failed)].map(([, name, file, reason]) =>
    plain(`${file} => ${name}: ${reason?.replaceAll(/\s+/g, " ").slice(0, MAX_REASON)}`)
  );
  return { passed: tests - failures.length - skipped, failures };
}

/** XML's text as what it stands for. */
function plain(xml: string): string {
  const CHARACTERS = { lt: "<", gt: ">", quot: '"', apos: "'" };
  return Object.entries(CHARACTERS)
    .reduce((text, [entity, character]) => text.replaceAll(`&${entity};`, character), xml)
    .replaceAll("&amp;", "&");
}

/** A PATH on which `python3` is no script that looks for Python first: hundreds are started. */
async function pathToPython(): Promise<string> {
  const path = Deno.env.get("PATH") ?? "";
  const script = "import os, sys; print(os.path.dirname(sys.executable), end=os.pathsep)";
  const python = new Deno.Command("python3", { args: ["-c", script], stdin: "null" });
  const { stdout } = await python.output().catch(() => ({ stdout: new Uint8Array(0) }));
  return new TextDecoder().decode(stdout) + path;
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
