import { assert, assertEquals, assertMatch } from "@std/assert";
import { copy, exists, TempDir } from "../support/data.ts";
import { type Outcome, startCommand } from "../support/program.ts";

/** A copy of the part of the repository that the tool needs. */
async function checkout(): Promise<TempDir> {
  const dir = new TempDir();
  for (const path of ["deno.json", "deno.lock", "lib", "tools"]) {
    await copy(path, dir.file(path));
  }
  return dir;
}

/** Runs the task in a checkout, with JSR at the address. */
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

/** The address of a JSR that does not answer: nobody listens on the port. */
const NOWHERE = "http://127.0.0.1:1/";

Deno.test("without JSR, adds and reports the stand-ins once", async () => {
  await using dir = await checkout();
  const first = await prepare(dir, NOWHERE);
  assertEquals({ code: first.code, stdout: first.stdout }, {
    code: 0,
    stdout: "",
  });
  assertMatch(
    first.stderr,
    /^JSR does not answer: using stand-ins for @std\/assert, /,
  );
  for (const name of ["assert", "fs", "path"]) {
    assert(exists(dir.file("vendor", "jsr.io", "@std", name, "stand-in")));
  }
  assertEquals((await prepare(dir, NOWHERE)).stderr, "");
});

Deno.test("replaces a stand-in that has changed", async () => {
  await using dir = await checkout();
  await prepare(dir, NOWHERE);
  const source = dir.file("tools", "std", "fs", "ensure_dir.ts");
  await Deno.writeTextFile(source, "// changed\n", { append: true });
  assertMatch(
    (await prepare(dir, NOWHERE)).stderr,
    /using stand-ins for @std\/fs\n$/,
  );
});

Deno.test("removes the stand-ins once JSR answers, and keeps the downloaded packages", async () => {
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

Deno.test("does not mistake the login page of a network for JSR", async () => {
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
