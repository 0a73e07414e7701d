/**
 * Checks format, lint and types, and runs all tests: those of the programs twice, from source and
 * compiled. The last line counts what passed and failed. With test files as arguments, runs only them.
 *
 * @module
 */

/** Outcome of checks or tests. */
interface Result {
  readonly passed: number;
  /** Names of what failed, with the command that runs it alone. */
  readonly failures: readonly string[];
}

/** How the programs under test are started. */
type Form = "source" | "compiled";

/** Tests that run the programs as processes, in both forms. */
const PROGRAMS = "tests/programs";
/** Tests that only compiled programs can pass. */
const BINARIES = "tests/binaries";
/** The tests stop after this many failures, which may take long each. */
const MAX_FAILURES = 20;
/** Number of files tested at once; many tests mostly wait. */
const JOBS = 2 * navigator.hardwareConcurrency;
/** The environment variable that makes tests start the programs in dist/ if it is `compiled`. */
const FORM = "ACCIO_TEST_FORM";
const PATH = await pathToPython();

if (import.meta.main) {
  const files = Deno.args;
  const results = [
    await check("fmt", "--check", "--quiet"),
    await check("lint", "--quiet"),
    await check("check", "--quiet"),
  ];
  if (files.length > 0) {
    results.push(await test(files, Deno.env.get(FORM) === "compiled" ? "compiled" : "source"));
  } else {
    results.push(await test([`--ignore=${BINARIES}`], "source"));
    const compiled = await check("task", "--quiet", "compile");
    if (compiled.failures.length === 0) {
      results.push(await test([PROGRAMS, BINARIES], "compiled"));
    } else if (Deno.env.has("CI")) {
      results.push(compiled);
    } else {
      console.log("skipped: the tests of the compiled programs, which could not be compiled");
    }
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failures = results.flatMap((result) => result.failures);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  Deno.exit(failures.length === 0 ? 0 : 1);
}

/** Runs a `deno` command that checks the whole project. */
async function check(...args: readonly string[]): Promise<Result> {
  const name = `deno ${args.join(" ")}`;
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" })
    .spawn().status;
  console.log(`${name} ... ${success ? "ok" : "FAILED"}`);
  return success ? { passed: 1, failures: [] } : { passed: 0, failures: [name] };
}

/** Runs tests and prints their output. */
async function test(files: readonly string[], form: Form): Promise<Result> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--no-check", // `deno check` does it before.
      "--no-prompt",
      "--parallel",
      `--fail-fast=${MAX_FAILURES}`,
      "-P=tests",
      ...files,
    ],
    env: { [FORM]: form, DENO_JOBS: `${JOBS}`, NO_COLOR: "1", PATH },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of deno.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    await Deno.stdout.write(new TextEncoder().encode(text));
  }
  const { success } = await deno.status;
  const passed = Number(/ \| (\d+) passed/.exec(output)?.[1] ?? 0);
  // With --parallel every line names its file.
  const variable = form === "source" ? "" : `${FORM}=${form} `;
  const failures = [...output.matchAll(/^\.\/(\S+) => (.*) \.\.\. FAILED/gm)].map(
    ([, file, name]) => `${file} => ${name} (alone: ${variable}deno task test ${file})`,
  );
  if (!success && failures.length === 0) failures.push(`deno test ${files.join(" ")}: see above`);
  return { passed, failures };
}

/** A PATH where `python3` is Python itself, not a slow script that looks for it. */
async function pathToPython(): Promise<string> {
  const path = Deno.env.get("PATH") ?? "";
  const script = "import os, sys; print(os.path.dirname(sys.executable), end=os.pathsep)";
  try {
    const { stdout } = await new Deno.Command("python3", { args: ["-c", script] }).output();
    return new TextDecoder().decode(stdout) + path;
  } catch {
    return path;
  }
}
