import { assert, assertEquals } from "@std/assert";
import { EDITIONS } from "../../lib/accio/protocol.ts";
import { GREETING } from "../support/accio.ts";
import { ascii, exists, hashFile, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { peakMemory, unixTest } from "../support/platform.ts";
import { type Running, type Server, start, startCommand, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

/** Connects and waits for the greeting, so that the connection has its number. */
async function greeted(port: number): Promise<Socket> {
  const socket = await Socket.connect(port);
  assertEquals(await socket.read(7), GREETING);
  return socket;
}

/** Sends everything, half-closes, and waits for the server to close. */
async function upload(port: number, bytes: Uint8Array): Promise<void> {
  using socket = await greeted(port);
  await socket.send(bytes);
  await socket.finish();
  await socket.readToEnd();
}

function pythonClient(port: number, path: string, edition: string): Running {
  const script = "tests/clients/accio_client.py";
  return startCommand([
    "python3",
    script,
    "127.0.0.1",
    `${port}`,
    path,
    edition,
  ]);
}

Deno.test("files are numbered in order of the connections, and complete once the server closes", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  for (let i = 1; i <= 3; i++) {
    const bytes = randomBytes(i * 100_000, i);
    await upload(server.port, bytes);
    assertEquals(await Deno.readFile(dir.file(`${i}.file`)), bytes);
  }
  assertEquals(dir.names().length, 3);
});

Deno.test("the number is the connection's, not the order in which they end", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  const sockets: Socket[] = [];
  for (let i = 1; i <= 10; i++) sockets.push(await greeted(server.port));
  for (const [i, socket] of [...sockets.entries()].reverse()) {
    await socket.send(ascii(`file ${i + 1}`));
    await socket.finish();
    await socket.readToEnd();
    socket.close();
    assertEquals(
      await Deno.readTextFile(dir.file(`${i + 1}.file`)),
      `file ${i + 1}`,
    );
  }
});

Deno.test("a clean close without data leaves an empty file", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  await upload(server.port, new Uint8Array(0));
  await upload(
    server.port,
    ascii("confirm-accio\r\nconfirm-accio-again\r\n\r\n"),
  );
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "");
  assertEquals(await Deno.readTextFile(dir.file("2.file")), "");
});

Deno.test("after a silence the file holds ERROR and nothing that was received", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--timeout=0.4");
  const sent = ["", "ab", "confirm-accio\r\nconfirm-accio-again\r\n\r\n"]
    .map(ascii).concat(randomBytes(LARGEST_BLOCK + 1));
  await Promise.all(sent.map(async (bytes) => {
    using socket = await greeted(server.port);
    await socket.send(bytes);
    await socket.readToEnd();
  }));
  for (let i = 1; i <= sent.length; i++) {
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), "ERROR");
  }
});

Deno.test("a reset, a protocol error or an oversized file leaves ERROR", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--max-size=4000000");
  const port = `${server.port}`;
  for (const bytes of ["0", "5000", `${LARGEST_BLOCK + 1}`]) {
    await using client = startCommand(
      ["python3", "tests/clients/reset.py", "127.0.0.1", port, bytes],
    );
    await client.outcome();
  }
  await upload(server.port, ascii("confirm-accio\r\nwrong"));
  await upload(server.port, randomBytes(4_000_001)).catch(() => {});
  await server.process.stderr.until(/^5 .*error/m);
  await eventually(() => exists(dir.file("5.file")), () => "the last file");
  for (let i = 1; i <= 5; i++) {
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), "ERROR");
  }
});

Deno.test("creates a missing DIR, with parents", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.file("a", "b", "c"));
  await upload(server.port, ascii("data"));
  assertEquals(
    await Deno.readTextFile(dir.file("a", "b", "c", "1.file")),
    "data",
  );
});

unixTest(
  "names that exist are replaced, never followed or waited for",
  async () => {
    await using dir = new TempDir();
    await using outside = new TempDir();
    const target = await outside.write("target", ascii("untouched"));
    await Deno.writeTextFile(dir.file("1.file"), "older and longer content", {
      mode: 0o400,
    });
    await Deno.symlink(target, dir.file("2.file"));
    await Deno.symlink(outside.file("new"), dir.file("3.file"));
    await Deno.mkdir(dir.file("4.file"));
    await new Deno.Command("mkfifo", { args: [dir.file("5.file")] }).output();
    await Deno.symlink(outside.path, dir.file("6.file"));
    await using server = await serve(dir.path, "--timeout=0.4");
    for (let i = 1; i <= 6; i++) {
      await upload(server.port, ascii(`${i}`));
      assert((await Deno.lstat(dir.file(`${i}.file`))).isFile);
      assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), `${i}`);
    }
    assertEquals(outside.names(), [
      "target",
    ]);
    assertEquals(await Deno.readTextFile(target), "untouched");
  },
);

Deno.test("removes old content as soon as a connection has the number", async () => {
  await using dir = new TempDir();
  await dir.write("1.file", ascii("old"));
  await using server = await serve(dir.path);
  using _ = await greeted(server.port);
  await eventually(
    () => !exists(dir.file("1.file")),
    () => "the old file to go",
  );
});

Deno.test("a slow client does not hold up others", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path);
  using slow = await greeted(server.port);
  await slow.send(ascii("first half, "));
  for (let i = 2; i <= 6; i++) await upload(server.port, ascii(`${i}`));
  await slow.send(ascii("second half"));
  await slow.finish();
  await slow.readToEnd();
  assertEquals(
    await Deno.readTextFile(dir.file("1.file")),
    "first half, second half",
  );
  for (let i = 2; i <= 6; i++) {
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), `${i}`);
  }
});

unixTest("stdout stays empty; stderr has the outcome of each connection", async () => {
  await using dir = new TempDir();
  await using server = await serve(dir.path, "--protocol=confirm");
  await upload(
    server.port,
    ascii("confirm-accio\r\nconfirm-accio-again\r\n\r\n12345"),
  );
  await upload(server.port, ascii("x"));
  server.process.signal("SIGTERM");
  const { stdout, stderr } = await server.process.outcome();
  assertEquals(stdout, "");
  assertEquals(
    stderr.replaceAll(/127\.0\.0\.1:\d+/g, "CLIENT").replace(/\d+$/m, "PORT"),
    "listening on 0.0.0.0:PORT\n" +
      "1 CLIENT: 5 bytes\n" +
      "2 CLIENT: error: the client did not send the first confirmation\n",
  );
});

const SIZE = Number(Deno.env.get("ACCIO_TEST_BYTES") ?? 20_000_000);

/** Ten clients of a kind at once, each with the same big file; memory stays bounded. */
function tenAtOnce(
  kind: string,
  client: (port: number, path: string) => Running,
  ...options: readonly string[]
): void {
  Deno.test(`ten big files at once, sent by ${kind}, arrive byte for byte`, async () => {
    await using dir = new TempDir();
    const block = randomBytes(1_000_003);
    const path = dir.file("sent");
    using file = await Deno.open(path, { write: true, create: true });
    for (let at = 0; at < SIZE; at += block.length) await file.write(block);
    const expected = await hashFile(path);
    await using server = await serve(dir.file("save"), ...options);
    const clients = Array.from({ length: 10 }, () => client(server.port, path));
    for (const client of clients) {
      await using ended = client;
      const { code, stderr } = await ended.outcome(300_000);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
    }
    for (let i = 1; i <= 10; i++) {
      assertEquals(await hashFile(dir.file("save", `${i}.file`)), expected);
    }
    const peak = await peakMemory(server.process.pid);
    assert(peak < 150e6, `${peak} bytes`);
  });
}

for (const edition of EDITIONS) {
  const expects = `--protocol=${edition === "headers" ? edition : "auto"}`;
  tenAtOnce(
    `our client, ${edition}`,
    (port, path) => start("accio client", ["127.0.0.1", port, path, `--protocol=${edition}`]),
    expects,
  );
  tenAtOnce(
    `a Python client, ${edition}`,
    (port, path) => pythonClient(port, path, edition),
    expects,
  );
}
tenAtOnce(
  "a bare sender that writes at once and half-closes",
  (port, path) => pythonClient(port, path, "bare"),
);
