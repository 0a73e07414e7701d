import { assert, assertEquals, assertMatch } from "@std/assert";
import { ascii, exists, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { freePort, run, type Server, startServer } from "../support/program.ts";
import type { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { greeted, upload } from "../support/upload.ts";

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

Deno.test("--atomic: a file gets its name only when complete; leftovers of a killed server are removed", async () => {
  await using dir = new TempDir();
  const half = randomBytes(3_000_000);
  {
    await using server = await serve(dir.path, "--atomic", "--fsync");
    await upload(server.port, ascii("whole"));
    const sockets: Socket[] = [];
    for (let i = 0; i < 10; i++) sockets.push(await greeted(server.port));
    await Promise.all(sockets.map((socket) => socket.send(half)));
    await eventually(() => dir.names().length === 11, () => `${dir.names()}`);
    server.process.signal("SIGKILL");
    await server.process.outcome();
    for (const socket of sockets) socket.close();
    assertEquals(dir.names().filter((name) => !name.startsWith(".")), ["1.file"]);
  }
  await using server = await serve(dir.path, "--atomic");
  assertEquals(dir.names(), ["1.file"]);
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "whole");
  using silent = await greeted(server.port);
  // An older file is not taken for the new one.
  await eventually(() => dir.names().length === 0, () => `${dir.names()}`);
  await silent.send(ascii("newer"));
  await silent.finish();
  await silent.readToEnd();
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "newer");
});

Deno.test("--atomic: an error is under the file's name too", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--atomic", "--timeout=0.4");
  using silent = await greeted(server.port);
  await silent.send(randomBytes(LARGEST_BLOCK + 1));
  await silent.readToEnd();
  assertEquals(dir.names(), ["1.file"]);
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
});

unixTest("--atomic: a directory that appears under the name is replaced", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--atomic");
  using socket = await greeted(server.port);
  await socket.send(randomBytes(LARGEST_BLOCK + 1));
  await eventually(() => dir.names().length === 1, () => "the file");
  await Deno.mkdir(dir.file("1.file", "inside"), { recursive: true });
  await socket.finish();
  await socket.readToEnd();
  assertEquals(await Deno.readFile(dir.file("1.file")), randomBytes(LARGEST_BLOCK + 1));
  assertEquals(dir.names(), ["1.file"]);
});

Deno.test("without --atomic a killed server may leave a part of a file, and nothing else", async () => {
  await using dir = new TempDir();
  const bytes = randomBytes(3_000_000);
  await using server = await serve(dir.path);
  using socket = await greeted(server.port);
  await socket.send(bytes);
  await eventually(() => exists(dir.file("1.file")), () => "the file");
  server.process.signal("SIGKILL");
  await server.process.outcome();
  const part = await Deno.readFile(dir.file("1.file"));
  assertEquals(part, bytes.subarray(0, part.length));
  assertEquals(dir.names(), ["1.file"]);
});

unixTest("DIR that is removed costs what comes afterwards, and stderr says so", async () => {
  await using dir = new TempDir();
  const save = dir.file("save");
  await using server = await serve(save);
  await upload(server.port, ascii("before"));
  await Deno.remove(save, { recursive: true });
  await upload(server.port, ascii("lost"));
  await server.process.stderr.until(/^2 \S+: error: DIR was removed; restart the server/m);
  server.process.signal("SIGTERM");
  assertEquals((await server.process.outcome()).code, 0);
});

unixTest("DIR stays the directory that it was, whatever takes its path", async () => {
  await using dir = new TempDir();
  const save = dir.file("save");
  await using server = await serve(save);
  await Deno.rename(save, dir.file("moved"));
  await Deno.mkdir(dir.file("elsewhere"));
  await Deno.symlink(dir.file("elsewhere"), save);
  const large = randomBytes(LARGEST_BLOCK + 1);
  await upload(server.port, ascii("small"));
  await upload(server.port, large);
  assertEquals(await Deno.readTextFile(dir.file("moved", "1.file")), "small");
  assertEquals(await Deno.readFile(dir.file("moved", "2.file")), large);
  assertEquals(await Array.fromAsync(Deno.readDir(dir.file("elsewhere"))), []);
});

unixTest(
  "a second server for DIR is refused, under any path, without affecting the first",
  async () => {
    await using dir = new TempDir();
    await Deno.mkdir(dir.file("save"));
    await Deno.symlink(dir.file("save"), dir.file("link"));
    await using server = await serve(dir.file("save"), "--atomic");
    using socket = await greeted(server.port);
    await socket.send(randomBytes(LARGEST_BLOCK + 1));
    await eventually(() => exists(dir.file("save", ".1.file.part")), () => "the file");
    for (const name of ["save", "link"]) {
      const { code, stderr } = await run("accio-server", [freePort(), dir.file(name), "--atomic"]);
      const path = JSON.stringify(dir.file(name));
      assertEquals({ code, stderr }, {
        code: 1,
        stderr: `ERROR: DIR must not be in use by another server; ${path} is ` +
          `(find it with: fuser -v ${path})\n`,
      });
    }
    await socket.finish();
    await socket.readToEnd();
    assertEquals(await Deno.readFile(dir.file("save", "1.file")), randomBytes(LARGEST_BLOCK + 1));
  },
);

Deno.test("DIR is free again as soon as its server has ended, or was killed", async () => {
  await using dir = new TempDir();
  for (const signal of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
    await using server = await serve(dir.path);
    server.process.signal(signal);
    await server.process.outcome();
  }
});

Deno.test("files of an earlier run are announced and replaced; with --continue they are kept", async () => {
  await using dir = new TempDir();
  for (const name of ["1.file", "7.file", "07.file", "x.file"]) await dir.write(name, ascii(name));
  {
    await using server = await serve(dir.path, "--continue");
    await upload(server.port, ascii("next"));
    assertEquals(await Deno.readTextFile(dir.file("8.file")), "next");
    assertEquals(await Deno.readTextFile(dir.file("7.file")), "7.file");
    assertEquals(/earlier run/.test(server.process.stderr.text), false);
  }
  await using server = await serve(dir.path);
  assertMatch(
    server.process.stderr.text,
    /^3 files from an earlier run, up to 8\.file, will be replaced .*--continue keeps them\nlistening/,
  );
  await upload(server.port, ascii("new"));
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "new");
  assertEquals(dir.names(), ["07.file", "1.file", "7.file", "8.file", "x.file"]);
});

for (
  const [what, act] of [
    ["removed", (path: string) => Deno.remove(path)],
    ["replaced", async (path: string) => {
      await Deno.writeTextFile(`${path}.new`, "another");
      await Deno.rename(`${path}.new`, path);
    }],
    ["renamed", (path: string) => Deno.rename(path, `${path}.moved`)],
  ] as const
) {
  unixTest(`a file that is ${what} while it is received is an error`, async () => {
    await using dir = new TempDir();
    await using server = await serve(dir.path, "--fsync");
    using socket = await greeted(server.port);
    await socket.send(randomBytes(LARGEST_BLOCK + 1));
    await eventually(() => exists(dir.file("1.file")), () => "the file");
    await act(dir.file("1.file"));
    await socket.finish();
    await socket.readToEnd();
    await server.process.stderr.until(/^1 \S+: error: 1\.file was removed or replaced/m);
    assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
  });
}

Deno.test("--max-time ends an endless upload and no other", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--max-time=1.5");
  using slow = await greeted(server.port);
  const dripping = (async () => {
    for (;;) {
      await slow.send(ascii("x"));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })().catch(() => {});
  await upload(server.port, ascii("quick"));
  await server.process.stderr.until(/^1 \S+: error: the upload took longer than 1\.5 seconds$/m);
  slow.close();
  await dripping;
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
  assertEquals(await Deno.readTextFile(dir.file("2.file")), "quick");
});

Deno.test("bytes of a slow client are in the file before the client sends more", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  using socket = await greeted(server.port);
  for (const text of ["first", "first, second"]) {
    await socket.send(ascii(text.slice(text.length > 5 ? 5 : 0)));
    const inFile = () => exists(dir.file("1.file")) && Deno.readTextFileSync(dir.file("1.file"));
    await eventually(() => inFile() === text, () => `${text} in ${inFile()}`);
  }
});

unixTest(
  "names that appear in DIR later are replaced, never followed or waited for",
  async () => {
    await using dir = new TempDir();
    await using outside = new TempDir();
    const target = await outside.write("target", ascii("untouched"));
    await using server = await serve(dir.path);
    await Deno.symlink(target, dir.file("1.file"));
    await new Deno.Command("mkfifo", { args: [dir.file("2.file")] }).output();
    await Deno.mkdir(dir.file("3.file", "inside"), { recursive: true });
    await Deno.writeTextFile(dir.file("4.file"), "older and longer", { mode: 0o400 });
    for (let i = 1; i <= 4; i++) {
      await upload(server.port, ascii(`new ${i}`));
      assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), `new ${i}`);
      assert((await Deno.lstat(dir.file(`${i}.file`))).isFile);
    }
    assertEquals(await Deno.readTextFile(target), "untouched");
  },
);
