import { assert, assertEquals, assertMatch } from "@std/assert";
import { copy, exists, hashFile, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { type Outcome, ROOT, startCommand } from "../support/program.ts";
import { join } from "@std/path/join";

/** A release: the script, and in `folder` below it two programs and their checksums. */
async function release(folder: string): Promise<TempDir> {
  const dir = new TempDir();
  await copy(join(ROOT, "install.sh"), dir.file("install.sh"));
  if (folder !== ".") await Deno.mkdir(dir.file(folder));
  let sums = "";
  for (const name of ["accio", "accio-server"]) {
    const path = dir.file(folder, name);
    await Deno.writeTextFile(path, `#!/bin/sh\necho I am ${name}\n`);
    sums += `${await hashFile(path)}  ${name}\n`;
  }
  await Deno.writeTextFile(dir.file(folder, "SHA256SUMS"), sums);
  return dir;
}

/** Runs the script in the release's folder. */
async function install(dir: TempDir, ...args: readonly string[]): Promise<Outcome> {
  await using script = startCommand([dir.file("install.sh"), ...args], {
    cwd: dir.path,
    env: { HOME: dir.file("home") },
  });
  return await script.outcome();
}

/** Runs the undo command that the script printed, in another folder. */
async function undo(stdout: string): Promise<Outcome> {
  const [, command = ""] = /^to undo: (.*)$/m.exec(stdout) ?? [];
  await using shell = startCommand(["sh", "-c", command], { cwd: "/" });
  return await shell.outcome();
}

for (const folder of [".", "dist"]) {
  unixTest(
    `install.sh installs the programs of ${folder} in ~/.local/bin and prints how to undo that`,
    async () => {
      await using dir = await release(folder);
      const { code, stdout, stderr } = await install(dir);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      for (const name of ["accio", "accio-server"]) {
        const path = dir.file("home", ".local", "bin", name);
        const output = await new Deno.Command(path).output();
        assertEquals(new TextDecoder().decode(output.stdout), `I am ${name}\n`);
      }
      assertMatch(stdout, /is not on your PATH/);
      assertEquals((await undo(stdout)).stderr, "");
      for (const name of ["accio", "accio-server"]) {
        assert(!exists(dir.file("home", ".local", "bin", name)));
      }
    },
  );
}

unixTest("install.sh takes another prefix, and replaces installed programs", async () => {
  await using dir = await release("dist");
  for (let i = 0; i < 2; i++) {
    const { code } = await install(dir, dir.file("a prefix"));
    assertEquals(code, 0);
    assert(exists(dir.file("a prefix", "bin", "accio")));
  }
  assert(!exists(dir.file("home")));
});

for (const prefix of ["./below/here", "relative", "a space", "it's", 'a"b$c\\n`d*']) {
  unixTest(`install.sh installs in ${prefix}, and the undo command works`, async () => {
    await using dir = await release("dist");
    const before = await tree(dir.path);
    const { code, stdout, stderr } = await install(dir, prefix);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const installed = (await tree(dir.path)).filter((path) => !before.includes(path));
    const bin = dir.file(prefix, "bin");
    assertEquals(installed, [join(bin, "accio"), join(bin, "accio-server")]);
    assertEquals(await undo(stdout), { code: 0, stdout: "", stderr: "" });
    assertEquals(await tree(dir.path), before);
  });
}

/** All files below a folder. */
async function tree(path: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    const inside = join(path, name);
    files.push(...isDirectory ? await tree(inside) : [inside]);
  }
  return files.sort();
}

unixTest("install.sh refuses a program with a wrong checksum, and installs nothing", async () => {
  await using dir = await release("dist");
  await Deno.writeTextFile(dir.file("dist", "accio"), "another program");
  const { code, stdout, stderr } = await install(dir);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^ERROR: accio: FAILED\n$/);
  assert(!exists(dir.file("home")));
});

unixTest(
  "install.sh refuses wrong arguments, unusable prefixes and a folder without programs",
  async () => {
    await using empty = new TempDir();
    await copy(join(ROOT, "install.sh"), empty.file("install.sh"));
    assertMatch((await install(empty)).stderr, /^ERROR: no programs in .*deno task compile\n$/);

    await using dir = await release("dist");
    assertMatch((await install(dir, "a", "b")).stderr, /^ERROR: one PREFIX at most/);
    assertMatch((await install(dir, "--x")).stderr, /^ERROR: there is no option --x/);
    assertMatch((await install(dir, dir.file("install.sh"))).stderr, /^ERROR: can't make /);
  },
);
