import { assert, assertEquals, assertMatch } from "@std/assert";
import { copy, exists, TempDir } from "../support/data.ts";
import { type Outcome, startCommand } from "../support/program.ts";

/** A copy of what the tool needs of the repository. */
async function checkout(): Promise<TempDir> {
  const dir = new TempDir();
  for (const path of ["deno.json", "deno.lock", "lib", "tools"]) {
    await copy(path, dir.file(path));
  }
  return dir;
}

/** Runs the task in a checkout, against a JSR at that address. */
async function prepare(dir: TempDir, jsr: string): Promise<Outcome> {
  await using task = startCommand(
    [
      Deno.execPath(),
      "task",
      "--quiet",
      "--config",
      dir.file("deno.json"),
      "std",
    ],
    { env: { JSR_URL: jsr } },
  );
  return await task.outcome();
}

/** Where no JSR answers: a port of this machine that nobody listens on. */
const NOWHERE = "http://127.0.0.1:1/";

Deno.test("without JSR there are stand-ins, told once and laid out once", async () => {
  await using dir = await checkout();
  const first = await prepare(dir, NOWHERE);
  assertEquals({ code: first.code, stdout: first.stdout }, {
    code: 0,
    stdout: "",
  });
  assertMatch(
    first.stderr,
    /^JSR does not answer: stand-ins serve for @std\/assert, /,
  );
  for (const name of ["assert", "fs", "path"]) {
    assert(exists(dir.file("vendor", "jsr.io", "@std", name, "stand-in")));
  }
  assertEquals((await prepare(dir, NOWHERE)).stderr, "");
});

Deno.test("a stand-in that has changed is laid out again", async () => {
  await using dir = await checkout();
  await prepare(dir, NOWHERE);
  const source = dir.file("tools", "std", "fs", "ensure_dir.ts");
  await Deno.writeTextFile(source, "// changed\n", { append: true });
  assertMatch(
    (await prepare(dir, NOWHERE)).stderr,
    /stand-ins serve for @std\/fs\n$/,
  );
});

Deno.test("once JSR answers, the stand-ins go and the real packages stay", async () => {
  await using dir = await checkout();
  await prepare(dir, NOWHERE);
  const real = dir.file("vendor", "jsr.io", "@std", "path");
  await Deno.remove(dir.file("vendor", "jsr.io", "@std", "path", "stand-in"));
  await using jsr = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ scope: "std", name: "assert" }),
  );
  const url = `http://127.0.0.1:${jsr.addr.port}/`;
  assertEquals(await prepare(dir, url), { code: 0, stdout: "", stderr: "" });
  assert(exists(real));
  for (const name of ["assert", "fs"]) {
    assert(!exists(dir.file("vendor", "jsr.io", "@std", name)));
  }
});

Deno.test("a page that some network shows in place of JSR is not taken for it", async () => {
  await using dir = await checkout();
  await using portal = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("<html>Please log in</html>"),
  );
  const { stderr } = await prepare(
    dir,
    `http://127.0.0.1:${portal.addr.port}/`,
  );
  assertMatch(stderr, /^JSR does not answer/);
});
