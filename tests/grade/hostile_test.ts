import { assert, assertEquals, assertMatch } from "@std/assert";
import { TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { commandLine, type Running, start, startCommand } from "../support/program.ts";
import { eventually } from "../support/time.ts";
import { forEachOf, submission } from "./grading.ts";

/** What each program does, the tests to run with it, and what the grader prints. */
const KINDS = [
  ["hangs", "3,5", /nothing within/],
  ["forks-away", "3,5", /nothing within/],
  ["leaves-its-output-open", "5", /ended (before that|by then): exit status 0|refused/],
  ["prints-without-end", "5", /wrote more than 67,108,864 bytes to standard output/],
  ["fills-the-disk", "5", /wrote more than 1,073,741,824 bytes into its directory/],
  ["locks-its-directory", "5", /nothing within/],
  ["reads-the-terminal", "5", /ended before that: exit status 1/],
] as const;

/** The grader's arguments. */
function graderArgs(dir: TempDir, kind: string, ...options: readonly string[]): string[] {
  return [
    ...["grade", "server-s", ...options, "--"],
    // The directory's name identifies the processes.
    ...["python3", submission("hostile.py"), kind, "{port}", dir.path],
  ];
}

/** Starts the grader with a directory for all temporary files. */
function startGrader(dir: TempDir, kind: string, ...options: readonly string[]): Running {
  return start("accio", graderArgs(dir, kind, ...options), { env: { TMPDIR: dir.path } });
}

/** Waits for the program under test and its three daemons. */
async function daemonsRun(dir: TempDir): Promise<void> {
  const programs = async () =>
    (await processesWith(dir.path)).filter((line) => /^ *\d+ \S*python3 \S*hostile/.test(line));
  await eventually(async () => (await programs()).length === 4, () => "the daemons to run");
}

/** The processes with a text in their command. */
async function processesWith(text: string): Promise<string[]> {
  await using ps = startCommand(["ps", "-eo", "pid,args"]);
  return (await ps.outcome()).stdout.split("\n").filter((line) => line.includes(text));
}

/** Kills the programs that are left, and fails if there are any. */
async function assertNoneLeft(dir: TempDir, kind?: string): Promise<void> {
  const left = await processesWith(dir.path);
  for (const line of left) Deno.kill(parseInt(line), "SIGKILL");
  assertEquals(left, [], kind);
}

unixTest("a program that does its worst gets an explanation, and none of it is left", async () => {
  await forEachOf(KINDS, async ([kind, only, says]) => {
    await using dir = new TempDir();
    await using grader = startGrader(dir, kind, `--only=${only}`);
    const { code, stdout } = await grader.outcome();
    assertMatch(stdout.replaceAll(/\n\s+/g, " "), says, kind);
    assertEquals(code, 1, kind);
    assertEquals(dir.names(), [], kind);
    await assertNoneLeft(dir, kind);
  });
});

unixTest("Ctrl-C ends the grader within a second, with the results so far", async () => {
  await using dir = new TempDir();
  await using grader = startGrader(dir, "hangs", "--only=2,5,7,9,11");
  await grader.stdout.until(/^ +2 .*\n/m);
  await eventually(
    async () => (await processesWith(dir.path)).length > 3,
    () => "the programs to start",
  );
  const begin = performance.now();
  grader.signal("SIGINT");
  const { code, stdout } = await grader.outcome();
  assert(performance.now() - begin < 1000, `${performance.now() - begin} ms`);
  assertEquals(code, 1);
  assertMatch(stdout, /^ +2 .* 0\/5 +✗/m);
  assertMatch(stdout, /^✗ 2\. handles an incorrect port$/m);
  assertMatch(stdout, /^ +11 .* 0\/10 +\? not run$/m);
  assertMatch(stdout, /^Stopped: 4 of 5 tests did not finish\. Score: 0 of 30 /m);
  assertEquals(dir.names(), []);
  await assertNoneLeft(dir);
});

for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) {
  unixTest(`${signal} ends the grader and a program that forks`, async () => {
    await using dir = new TempDir();
    await using grader = startGrader(dir, "forks-away", "--only=5");
    await daemonsRun(dir);
    grader.signal(signal);
    const { code, stdout } = await grader.outcome();
    assertMatch(stdout, /^Stopped: 1 of 1 tests did not finish\./m);
    assertEquals(code, 1);
    await assertNoneLeft(dir);
    assertEquals(dir.names(), []);
  });
}

unixTest(
  "a second signal ends the grader at once, and a program that forks",
  async () => {
    await using dir = new TempDir();
    await using grader = startGrader(dir, "forks-away", "--only=5");
    await daemonsRun(dir);
    grader.signal("SIGINT");
    grader.signal("SIGTERM");
    await grader.outcome();
    await assertNoneLeft(dir);
  },
);

unixTest(
  "closing the terminal ends the grader and a program that forks",
  async () => {
    await using dir = new TempDir();
    await using grader = startCommand([
      "python3",
      ...["tests/clients/hang_up.py", ...commandLine("accio")],
      ...graderArgs(dir, "forks-away", "--only=5"),
    ], { env: { TMPDIR: dir.path }, stdin: "piped" });
    await daemonsRun(dir);
    await grader.input(new Uint8Array(0));
    assertEquals((await grader.outcome()).code, 1);
    await assertNoneLeft(dir);
  },
);

unixTest("tests that fail while the machine delays the grader run again", async () => {
  await using dir = new TempDir();
  await using grader = start("accio", [
    ...["grade", "client", "--timeout=1", "--only=10", "--"],
    ...["python3", submission("odd_client.py"), "slow-start", "1", "{host}", "{port}", "{file}"],
  ], { env: { TMPDIR: dir.path } });
  const clients = () => processesWith(dir.path);
  await eventually(async () => (await clients()).length > 0, () => "the client to start");
  grader.signal("SIGSTOP");
  await eventually(async () => (await clients()).length === 0, () => "the client to give up");
  grader.signal("SIGCONT");
  const { code, stdout } = await grader.outcome();
  assertMatch(stdout, /^ 10 .* 5\/5 +✓/m);
  assertMatch(stdout, /delayed the grader by \d+\.\d s\. Failed tests ran again, alone: 10\./);
  assertEquals(code, 0);
});
