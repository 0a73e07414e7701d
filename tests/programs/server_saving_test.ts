import { assert, assertEquals } from "@std/assert";
import { ascii, exists, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { run, type Server, startServer } from "../support/program.ts";
import type { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { greeted, upload } from "../support/upload.ts";

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

Deno.test("--atomic: a file has its name only when it is whole; what a killed server leaves is removed", async () => {
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

Deno.test("--atomic: a second server on the same port costs the first one nothing", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--atomic");
  using socket = await greeted(server.port);
  await socket.send(randomBytes(LARGEST_BLOCK + 1));
  await eventually(() => dir.names().length === 1, () => "the file");
  const { code } = await run("accio-server", [server.port, dir.path, "--atomic"]);
  assertEquals(code, 1);
  await socket.finish();
  await socket.readToEnd();
  assertEquals(await Deno.readFile(dir.file("1.file")), randomBytes(LARGEST_BLOCK + 1));
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

unixTest("--atomic: a directory that takes the name meanwhile is replaced", async () => {
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

unixTest(
  "DIR that is removed costs what comes meanwhile, and nothing once it is back",
  async () => {
    await using dir = new TempDir();
    const save = dir.file("save");
    await using server = await serve(save);
    await upload(server.port, ascii("before"));
    await Deno.remove(save, { recursive: true });
    await upload(server.port, ascii("lost"));
    await server.process.stderr.until(/^2 \S+: error: No such file or directory/m);
    await Deno.mkdir(save);
    await upload(server.port, ascii("after"));
    assertEquals(await Deno.readTextFile(dir.file("save", "3.file")), "after");
  },
);

unixTest(
  "names that appear in DIR meanwhile are replaced, never followed or waited for",
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
