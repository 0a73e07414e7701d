/**
 * Runs format, lint, types and all tests: those of the programs twice, from source and compiled. The
 * last line counts what passed and failed. Arguments name test files, which then run alone.
 *
 * @module
 */

/** Outcome of checks or tests. */
interface Result {
  readonly passed: number;
  /** What failed, and the command that runs it alone. */
  readonly failures: readonly string[];
}

/** How the programs under test are started. */
type Form = "source" | "compiled";

/** Tests of the programs as processes, in both forms. */
const PROGRAMS = "tests/programs";
/** Tests that only compiled programs can pass. */
const BINARIES = "tests/binaries";
/** After this many failures the rest is not worth its time: each may be a long wait. */
const MAX_FAILURES = 20;
/** Files tested at once: many tests wait more than they work. */
const JOBS = 2 * navigator.hardwareConcurrency;
/** Set to `compiled`, it makes the named files test the programs in dist/. */
const FORM = "ACCIO_TEST_FORM";
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
    results.push(await test(files, Deno.env.get(FORM) === "compiled" ? "compiled" : "source"));
  } else {
    results.push(await test([`--ignore=${BINARIES}`], "source"));
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
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" })
    .spawn().status;
  console.log(`${name} ... ${success ? "ok" : "FAILED"}`);
  return success ? { passed: 1, failures: [] } : { passed: 0, failures: [name] };
}

/** Runs tests, and prints what Deno prints about them. */
async function test(files: readonly string[], form: Form): Promise<Result> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-check", // The types were checked before.
      "--no-prompt",
      "--parallel",
      `--fail-fast=${MAX_FAILURES}`,
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env",
      "--allow-sys=uid",
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
  const failures = [...output.matchAll(/^\.\/(\S+) => (.*) \.\.\. FAILED/gm)].map(
    ([, file = "", name]) => `${file} => ${name} (alone: ${alone(file, form)})`,
  );
  if (!success && failures.length === 0) failures.push(`deno test ${files.join(" ")}: see above`);
  return { passed, failures };
}

/** The command that runs one file's tests. */
function alone(file: string, form: Form): string {
  return form === "source" ? `deno task test ${file}` : `${FORM}=compiled deno task test ${file}`;
}

/** A PATH on which `python3` is Python itself, not a script that looks for it: hundreds are started. */
async function pathToPython(): Promise<string> {
  const path = Deno.env.get("PATH") ?? "";
  const script = "import os, sys; print(os.path.dirname(sys.executable), end=os.pathsep)";
  const python = new Deno.Command("python3", { args: ["-c", script], stdin: "null" });
  const { stdout } = await python.output().catch(() => ({ stdout: new Uint8Array(0) }));
  return new TextDecoder().decode(stdout) + path;
}
