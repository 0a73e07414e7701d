import { assertEquals, assertMatch } from "@std/assert";
import { copy, exists, TempDir } from "../support/data.ts";
import { type Outcome, runCommand, startCommand } from "../support/program.ts";

const SOURCES = [
  "deno.json",
  "deno.lock",
  "lib",
  "tools",
  "main.ts",
  "server.ts",
  "server_s.ts",
  "vendor",
];

/** A copy of the repository. */
async function sourceCopy(): Promise<TempDir> {
  const dir = new TempDir();
  for (const path of SOURCES) await copy(path, dir.file(path));
  return dir;
}

/** Runs the tool in a copy of the repository, where it can't reach Deno's download site. */
async function compile(
  dir: TempDir,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  await using empty = new TempDir();
  await using tool = startCommand(
    runCommand("tools", dir.file("tools", "compile.ts"), ...args),
    { env: { DENO_DIR: empty.path, HTTPS_PROXY: "http://127.0.0.1:1", ...env } },
  );
  return await tool.outcome();
}

/**
 * Runs the tool without a cache, with a script as `npm` if one is given. It must fail and leave no
 * files behind.
 */
async function assertFails(
  npm: string | undefined,
  args: readonly string[],
  code: number,
  says: RegExp,
): Promise<void> {
  await using outside = new TempDir();
  for (const tool of ["tar", "gzip"]) await Deno.symlink(`/usr/bin/${tool}`, outside.file(tool));
  if (npm !== undefined) {
    await Deno.writeTextFile(outside.file("npm"), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  }
  await using dir = await sourceCopy();
  const env = { PATH: outside.path, XDG_CACHE_HOME: outside.file("cache") };
  const outcome = await compile(dir, args, env);
  assertMatch(outcome.stderr, /^ERROR: [^\n]+\n$/);
  assertMatch(outcome.stderr, says);
  assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code, stdout: "" });
  assertEquals(dir.names(), [...SOURCES].sort());
}

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, ignore: Deno.build.target !== "x86_64-unknown-linux-gnu" });

test("refuses to compile without Deno's download site and without npm", async () => {
  await assertFails(undefined, [], 1, /can't run npm, which is needed to get the runtime/);
});

test("refuses to compile without Deno's download site when npm can't download either", async () => {
  await assertFails("echo 'npm error network' >&2; exit 1", [], 1, /npm pack .* npm error network/);
});

test("refuses a runtime with a wrong hash", async () => {
  const npm = "PATH=/usr/bin:/bin; mkdir -p package/bin; echo x > package/bin/mcp-stress; " +
    "tar -czf a.tgz package; rm -r package; echo a.tgz";
  await assertFails(npm, [], 1, /is not the expected one: its SHA-256 is not 1b136202/);
});

test("refuses to compile for another machine without Deno's download site", async () => {
  await assertFails(undefined, ["--target=aarch64-apple-darwin"], 1, /can't download its runtime/);
});

test("never compiles for another machine with the runtime for this one", async () => {
  await using dir = await sourceCopy();
  // The first target may succeed, with a runtime that was downloaded earlier.
  const { code, stderr } = await compile(dir, ["--all"], {});
  assertEquals(code, 1, stderr);
  const others = ["aarch64-unknown-linux-gnu", "x86_64-apple-darwin"];
  assertEquals(others.filter((target) => exists(dir.file("dist", target))), []);
});

test("refuses an unknown target", async () => {
  await assertFails(undefined, ["--target=sun"], 2, /--target must be this, x86_64-unknown-/);
});
