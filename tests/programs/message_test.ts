import { assert, assertEquals, assertMatch } from "@std/assert";
import { ascii, concat, hash, hashFile, randomBytes, TempDir } from "../support/data.ts";
import { peakMemory, unixTest } from "../support/platform.ts";
import {
  type Running,
  type Server,
  sourceTest,
  start,
  startCommand,
  type StartOptions,
  startServer,
} from "../support/program.ts";
import { type Scene, startScene } from "../support/scene.ts";
import { Socket } from "../support/socket.ts";
import { assertFast, eventually } from "../support/time.ts";

/** Starts a message server; what it prints is for `shell` to handle, or text in the transcript. */
function serve(options: StartOptions = {}, ...args: readonly string[]): Promise<Server> {
  return startServer("accio", (port) => ["message-server", port, ...args], options);
}

/** A message server with its output in a file. */
function serveInto(path: string, ...args: readonly string[]): Promise<Server> {
  return serve({ shell: `exec "$@" > "$OUT"`, env: { OUT: path } }, ...args);
}

/** A message client of ours that reads from where the shell says. */
function client(port: number, shell: string, env: Record<string, string> = {}): Running {
  return start("accio", ["message-client", "127.0.0.1", port], { shell, env });
}

async function succeeds(running: Running): Promise<void> {
  await using ended = running;
  const { code, stdout, stderr } = await ended.outcome(300_000);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
}

/** Waits until the file holds so many bytes, and returns them. */
async function content(path: string, length: number): Promise<Uint8Array> {
  await eventually(
    async () => (await Deno.stat(path)).size >= length,
    () => `${length} bytes in ${path}`,
  );
  return await Deno.readFile(path);
}

/** Waits until exactly this is printed. */
async function printed(server: Server, text: string): Promise<void> {
  const { stdout } = server.process;
  await eventually(() => stdout.text === text, () => `${text}; what came: ${stdout.text}`);
}

/** Sends a whole message, and waits until the server has closed the connection. */
async function message(port: number, bytes: Uint8Array): Promise<void> {
  using socket = await Socket.connect(port);
  await socket.send(bytes);
  await socket.finish();
  await socket.readToEnd();
}

/** A file of about `size` bytes; made in pieces. */
async function bigFile(path: string, size: number, seed: number): Promise<string> {
  const block = randomBytes(1_000_003, seed);
  using file = await Deno.open(path, { write: true, create: true });
  for (let at = 0; at < size; at += block.length) await file.write(block);
  return path;
}

const SIZE = Number(Deno.env.get("ACCIO_TEST_BYTES") ?? 20_000_000);

unixTest("a message from a file into a file: diff finds nothing", async () => {
  await using dir = new TempDir();
  await using server = await serveInto(dir.file("out.txt"));
  const text = "Robots of the World! Arise!\nčeský text, no newline at the end";
  const input = await dir.write("in.txt", new TextEncoder().encode(text));
  await succeeds(client(server.port, `exec "$@" < "$IN"`, { IN: input }));
  await using diff = startCommand(["diff", input, dir.file("out.txt")]);
  assertEquals(await diff.outcome(), { code: 0, stdout: "", stderr: "" });
});

unixTest("messages of 0, 1 and many bytes come out as they went in", async () => {
  await using dir = new TempDir();
  await using server = await serveInto(dir.file("out"));
  const messages = [0, 1, 255, 65_536, 1_000_003].map((size, i) => randomBytes(size, i + 1));
  for (const [i, bytes] of messages.entries()) {
    const input = await dir.write(`${i}`, bytes);
    await succeeds(client(server.port, `exec "$@" < "$IN"`, { IN: input }));
  }
  assertEquals(await hashFile(dir.file("out")), hash(concat(...messages)));
});

unixTest("input from a pipe arrives byte for byte", async () => {
  await using dir = new TempDir();
  await using server = await serveInto(dir.file("out"));
  const shell = `head -c 3000001 /dev/urandom | tee "$COPY" | "$@"`;
  await succeeds(client(server.port, shell, { COPY: dir.file("copy") }));
  assertEquals(await hashFile(dir.file("out")), await hashFile(dir.file("copy")));
});

unixTest("20 messages at once come out whole, in order of their first bytes", async () => {
  await using dir = new TempDir();
  await using server = await serveInto(dir.file("out"));
  const messages = Array.from(
    { length: 20 },
    (_, i) => randomBytes(1 + i * 104_729 % 500_000, i + 1),
  );
  // They connect in one order, and send their first bytes in another one.
  const sockets = await Promise.all(messages.map(() => Socket.connect(server.port)));
  const order = [...sockets.entries()].reverse();
  for (const [turn, [i, socket]] of order.entries()) {
    await socket.send(messages[i]?.subarray(0, 1) ?? fail());
    if (turn === 0) await content(dir.file("out"), 1);
    else await waiting(server, turn);
  }
  await Promise.all(
    order.reverse().map(async ([i, socket]) => {
      await socket.send(messages[i]?.subarray(1) ?? fail());
      await socket.finish();
      await socket.readToEnd();
      socket.close();
    }),
  );
  assertEquals(await hashFile(dir.file("out")), hash(concat(...messages.reverse())));
});

function fail(): never {
  throw new Error("there is no such message");
}

/** Waits until so many messages have come to wait for their turn. */
async function waiting(server: Server, count: number): Promise<void> {
  const { stderr } = server.process;
  await eventually(
    () => stderr.text.split("waits for its turn").length > count,
    () => `${count} to wait: ${stderr.text}`,
  );
}

unixTest("20 of our clients with big messages: each whole, with bounded memory", async () => {
  await using dir = new TempDir();
  await using server = await serveInto(dir.file("out"));
  const size = Math.floor(SIZE / 20);
  const inputs = await Promise.all(
    Array.from({ length: 20 }, (_, i) => bigFile(dir.file(`${i}`), size, i + 1)),
  );
  const clients = inputs.map((input) => client(server.port, `exec "$@" < "$IN"`, { IN: input }));
  await Promise.all(clients.map(succeeds));
  const peak = await peakMemory(server.process.pid);
  assert(peak < 120e6, `${peak} bytes`);
  // All messages are of one length, so that they can be told apart.
  const { size: length } = await Deno.stat(dir.file("0"));
  const expected = await Promise.all(inputs.map(hashFile));
  const found: string[] = [];
  using out = await Deno.open(dir.file("out"));
  const bytes = new Uint8Array(length);
  for (let i = 0; i < 20; i++) {
    for (let at = 0; at < length;) at += await out.read(bytes.subarray(at)) ?? fail();
    await Deno.writeFile(dir.file("part"), bytes);
    found.push(await hashFile(dir.file("part")));
  }
  assertEquals(await out.read(bytes), null);
  assertEquals(found.sort(), expected.sort());
});

Deno.test("prints each byte as soon as it arrives", async () => {
  await using server = await serve();
  using socket = await Socket.connect(server.port);
  for (const text of ["a", "ab", "abc"]) {
    await socket.send(ascii(text.slice(-1)));
    await printed(server, text);
  }
});

Deno.test("a client that sends nothing holds nobody up", async () => {
  await using server = await serve();
  using _silent = await Socket.connect(server.port);
  await message(server.port, ascii("message"));
  await printed(server, "message");
});

Deno.test("a client that stalls holds up the output of others, and nothing else", async () => {
  await using server = await serve();
  using stalled = await Socket.connect(server.port);
  await stalled.send(ascii("[begin,"));
  await printed(server, "[begin,");
  const others = [message(server.port, ascii("[other]")), message(server.port, ascii("[other]"))];
  await waiting(server, 2);
  await printed(server, "[begin,");
  await stalled.send(ascii("end]"));
  await stalled.finish();
  await Promise.all(others);
  await printed(server, "[begin,end][other][other]");
});

Deno.test("--timeout ends the message of a stalled client, and no other", async () => {
  await using server = await serve({}, "--timeout=1");
  using stalled = await Socket.connect(server.port);
  await stalled.send(ascii("[begin,"));
  await printed(server, "[begin,");
  await message(server.port, ascii("[next]"));
  await printed(server, "[begin,[next]");
  await server.process.stderr.until(/^1 .*: error: .* silent for 1 second$/m);
  assertEquals(await stalled.readToEnd(), new Uint8Array(0));
});

Deno.test("waiting for its turn longer than the timeout is not silence", async () => {
  await using server = await serve({}, "--timeout=0.4");
  using busy = await Socket.connect(server.port);
  await busy.send(ascii("["));
  await printed(server, "[");
  const next = message(server.port, ascii("[next]"));
  await waiting(server, 1);
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await busy.send(ascii("."));
  }
  await busy.send(ascii("]"));
  await busy.finish();
  await next;
  await printed(server, "[..........][next]");
});

Deno.test("a reset ends its message, is logged, and lets the next message through", async () => {
  await using server = await serve();
  const line = ["tests/clients/reset.py", "127.0.0.1", `${server.port}`, "1000", "0"];
  await using client = startCommand(["python3", ...line], { stdin: "piped" });
  await printed(server, "x".repeat(1000));
  const next = message(server.port, ascii("[next]"));
  await waiting(server, 1);
  await client.input(new Uint8Array(0));
  await next;
  await printed(server, `${"x".repeat(1000)}[next]`);
  await server.process.stderr.until(/^1 .*: error: Connection reset by peer$/m);
});

unixTest("the server ends with exit status 0 when its output is closed", async () => {
  const shell = `{ "$@"; echo "exit status $?" >&2; } | head -c 10`;
  await using server = await serve({ shell });
  using socket = await Socket.connect(server.port);
  const text = ascii("0123456789 and more than anybody wants");
  // Until the server has noticed, and closes the connection.
  const sending = (async () => {
    for (;;) await socket.send(text);
  })().catch(() => {});
  const { stdout, stderr } = await server.process.outcome();
  await sending;
  assertEquals(stdout, "0123456789");
  assertMatch(stderr, /\nexit status 0\n$/);
});

unixTest(
  "a slow reader of the output delays neither accepting nor shutdown",
  async () => {
    await using dir = new TempDir();
    await new Deno.Command("mkfifo", { args: [dir.file("fifo")] }).output();
    // Open for reading and writing, so that opening it waits for nobody.
    using fifo = await Deno.open(dir.file("fifo"), { read: true, write: true });
    await using server = await serve({
      shell: `exec "$@" > "$OUT"`,
      env: { OUT: dir.file("fifo") },
    });
    const data = randomBytes(20_000_000);
    using first = await Socket.connect(server.port);
    const sending = first.send(data).catch(() => {});
    const start = new Uint8Array(1000);
    assertEquals(await fifo.read(start), start.length);
    assertEquals(start, data.subarray(0, 1000));
    using second = await Socket.connect(server.port);
    await second.send(ascii("second"));
    await waiting(server, 1);
    const begin = performance.now();
    server.process.signal("SIGTERM");
    const { code, stderr } = await server.process.outcome();
    const took = performance.now() - begin;
    assertEquals(code, 0, stderr);
    assertFast(took, 1000, "the end");
    await sending;
  },
);

Deno.test({
  name: "a message that can't be written is an error in the log",
  ignore: Deno.build.os !== "linux", // Others have no /dev/full.
  async fn() {
    await using server = await serve({ shell: 'exec "$@" > /dev/full' });
    using socket = await Socket.connect(server.port);
    await socket.send(ascii("lost"));
    await socket.finish();
    await socket.readToEnd();
    const { code, stderr } = await server.process.outcome();
    assertEquals(code, 1);
    assertMatch(stderr, /^1 \S+: error: standard output did not take the result$/m);
  },
});

for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) {
  unixTest(
    `message-server: ${signal} ends everything within a second, with exit status 0`,
    async () => {
      await using server = await serve();
      using first = await Socket.connect(server.port);
      await first.send(ascii("[begin,"));
      await printed(server, "[begin,");
      using second = await Socket.connect(server.port);
      await second.send(ascii("second,"));
      await waiting(server, 1);
      using _silent = await Socket.connect(server.port);
      const begin = performance.now();
      server.process.signal(signal);
      const { code, stdout, stderr } = await server.process.outcome();
      const took = performance.now() - begin;
      assertEquals({ code, stdout }, { code: 0, stdout: "[begin,second," }, stderr);
      assertFast(took, 1000, "the end");
    },
  );
}

/** A message client that is given its input. */
async function scene(input: Uint8Array, ...options: readonly string[]): Promise<Scene> {
  const args = ["message-client"];
  const scene = await startScene("accio", (...to) => [...args, ...to, ...options], {
    stdin: "piped",
  });
  // Where the server does not take all of it, the rest is never read.
  scene.client.input(input).catch(() => {});
  return scene;
}

Deno.test("a receiver that reads slowly gets the whole message, through partial sends", async () => {
  const data = randomBytes(20_000_000);
  await using scene_ = await scene(data);
  const { server, client } = scene_;
  for (let at = 0; at < 5; at++) {
    assertEquals(await server.read(1000), data.subarray(at * 1000, (at + 1) * 1000));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(hash(await server.readToEnd()), hash(data.subarray(5000)));
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("a server that keeps sending does not block the message", async () => {
  const data = randomBytes(20_000_000);
  await using scene_ = await scene(data);
  const { server, client } = scene_;
  const [, received] = await Promise.all([server.send(data), server.readToEnd()]);
  assertEquals(hash(received), hash(data));
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("a server that closes before it has everything is an error", async () => {
  await using scene_ = await scene(randomBytes(20_000_000));
  const { server, client } = scene_;
  await server.read(10);
  server.close();
  const { code, stdout, stderr } = await client.outcome();
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^ERROR: .* before the whole message was sent .*\n$/);
});

Deno.test("a server that times out while the client waits for more input is an error", async () => {
  await using server = await serve({}, "--timeout=1");
  const args = ["message-client", "127.0.0.1", server.port];
  await using client = start("accio", args, { stdin: "piped" });
  await client.type(ascii("a"));
  const { code, stderr } = await client.outcome();
  assertEquals(code, 1);
  assertMatch(stderr, /^ERROR: .* before the whole message was sent \(bytes sent: 1\)\n$/);
});

Deno.test("--timeout limits the wait for the server's close", async () => {
  await using scene_ = await scene(ascii("message"), "--timeout=0.4");
  const { server, client } = scene_;
  assertEquals(await server.readToEnd(), ascii("message"));
  const { code, stdout, stderr } = await client.outcome();
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertEquals(stderr, "ERROR: the server did not close the connection within 0.4 seconds\n");
});

sourceTest(
  "after 10 seconds without the server's close a note is printed, and the client goes on waiting",
  async () => {
    await using scene_ = await scene(ascii("message"));
    const { server, client } = scene_;
    assertEquals(await server.readToEnd(), ascii("message"));
    await client.stderr.until(/waiting for the server to close/);
    server.close();
    assertEquals((await client.outcome()).code, 0);
  },
);

unixTest(
  "message-client ends within a second of a signal, and reports it",
  async () => {
    await using scene_ = await scene(randomBytes(20_000_000));
    const { server, client } = scene_;
    await server.read(1);
    const begin = performance.now();
    client.signal("SIGINT");
    const { code, stderr } = await client.outcome();
    const took = performance.now() - begin;
    assertEquals({ code, stderr }, { code: 1, stderr: "ERROR: the program was stopped\n" });
    assertFast(took, 1000, "the end");
  },
);
