import { assert, assertEquals, assertMatch } from "@std/assert";
import { GREETING } from "../support/accio.ts";
import { ascii, exists, randomBytes, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { run, type Server, startCommand, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

async function greeted(port: number): Promise<Socket> {
  const socket = await Socket.connect(port);
  assertEquals(await socket.read(GREETING.length), GREETING);
  return socket;
}

/** Sends a file, and waits for the server to close. */
async function upload(port: number, bytes: Uint8Array): Promise<void> {
  using socket = await greeted(port);
  await socket.send(bytes).catch(() => {});
  await socket.finish().catch(() => {});
  await socket.readToEnd().catch(() => {});
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
  await socket.send(randomBytes(100_000));
  await eventually(() => dir.names().length === 1, () => "the file");
  const { code } = await run("accio-server", [server.port, dir.path, "--atomic"]);
  assertEquals(code, 1);
  await socket.finish();
  await socket.readToEnd();
  assertEquals(await Deno.readFile(dir.file("1.file")), randomBytes(100_000));
});

Deno.test("--atomic: an error is under the file's name too", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--atomic", "--timeout=0.4");
  using silent = await greeted(server.port);
  await silent.send(randomBytes(100_000));
  await silent.readToEnd();
  assertEquals(dir.names(), ["1.file"]);
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
});

unixTest("--atomic: a directory that takes the name meanwhile is replaced", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--atomic");
  using socket = await greeted(server.port);
  await socket.send(randomBytes(100_000));
  await eventually(() => dir.names().length === 1, () => "the file");
  await Deno.mkdir(dir.file("1.file", "inside"), { recursive: true });
  await socket.finish();
  await socket.readToEnd();
  assertEquals(await Deno.readFile(dir.file("1.file")), randomBytes(100_000));
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

Deno.test({
  name: "a full disk (as root: it is a small file system in memory) makes an error of the file " +
    "that does not fit, and of no other",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    await using dir = new TempDir();
    const disk = dir.file("disk");
    await Deno.mkdir(disk);
    await command("mount", "-t", "tmpfs", "-o", "size=1m", "accio-test", disk);
    try {
      await using server = await serve(disk);
      const small = Array.from({ length: 9 }, (_, i) => randomBytes(10_000, i + 1));
      const sockets: Socket[] = [];
      for (const bytes of small) {
        const socket = await greeted(server.port);
        await socket.send(bytes);
        sockets.push(socket);
      }
      await upload(server.port, randomBytes(2_000_000));
      await server.process.stderr.until(/^10 \S+: error: No space left on device$/m);
      for (const [i, socket] of sockets.entries()) {
        await socket.finish();
        await socket.readToEnd();
        socket.close();
        assertEquals(await Deno.readFile(`${disk}/${i + 1}.file`), small[i]);
      }
      assertEquals(await Deno.readTextFile(`${disk}/10.file`), "ERROR");
      // Not even five bytes fit.
      await command("sh", "-c", `cat /dev/zero > '${disk}/filler' || true`);
      await upload(server.port, randomBytes(100_000));
      await server.process.stderr.until(/^11 \S+: error: No space left on device$/m);
      assertMatch(await Deno.readTextFile(`${disk}/11.file`).catch(() => ""), /^$/);
      await Deno.remove(`${disk}/filler`);
      await upload(server.port, ascii("there is room again"));
      assertEquals(await Deno.readTextFile(`${disk}/12.file`), "there is room again");
    } finally {
      await command("umount", disk);
    }
  },
});

async function command(name: string, ...args: readonly string[]): Promise<void> {
  await using running = startCommand([name, ...args]);
  const { code, stderr } = await running.outcome();
  assertEquals(code, 0, stderr);
}
