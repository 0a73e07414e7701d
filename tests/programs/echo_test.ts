import { assert, assertEquals, assertMatch } from "@std/assert";
import { ascii, hash, randomBytes } from "../support/data.ts";
import { peakMemory, unixTest } from "../support/platform.ts";
import { type Server, startCommand, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { assertFast, eventually } from "../support/time.ts";

function serve(host = "127.0.0.1"): Promise<Server> {
  return startServer("accio", (port) => ["echo-server", host, port]);
}

/** Sends all of it and half-closes, while everything is read back. */
async function echoed(socket: Socket, bytes: Uint8Array): Promise<Uint8Array> {
  const [, answer] = await Promise.all([
    socket.send(bytes).then(() => socket.finish()),
    socket.readToEnd(),
  ]);
  return answer;
}

Deno.test("returns every byte, any number of times", async () => {
  await using server = await serve();
  using socket = await Socket.connect(server.port);
  for (let i = 1; i <= 20; i++) {
    const bytes = randomBytes(i, i);
    await socket.send(bytes);
    assertEquals(await socket.read(i), bytes);
  }
});

Deno.test("returns everything in flight after a half-close, then closes", async () => {
  await using server = await serve();
  for (const size of [0, 1, 100_000]) {
    using socket = await Socket.connect(server.port);
    const bytes = randomBytes(size);
    await socket.send(bytes);
    await socket.finish();
    assertEquals(hash(await socket.readToEnd()), hash(bytes));
  }
});

Deno.test("returns a large stream byte for byte", async () => {
  await using server = await serve();
  using socket = await Socket.connect(server.port);
  const bytes = randomBytes(20_000_000);
  assertEquals(hash(await echoed(socket, bytes)), hash(bytes));
});

Deno.test("returns to each of 1,000 clients its own bytes", async () => {
  await using server = await serve();
  const sockets: Socket[] = [];
  for (let i = 0; i < 1000; i++) sockets.push(await Socket.connect(server.port));
  await Promise.all(sockets.map(async (socket, i) => {
    using _ = socket;
    const bytes = randomBytes(5000, i + 1);
    assertEquals(hash(await echoed(socket, bytes)), hash(bytes));
  }));
  const { stderr } = server.process;
  await eventually(
    () => stderr.text.split(": 5000 bytes\n").length > 1000,
    () => "1,000 lines on stderr",
  );
});

unixTest(
  "a client that never reads costs no memory and delays neither other clients nor shutdown",
  async () => {
    await using server = await serve();
    using greedy = await Socket.connect(server.port);
    // As much as the kernel keeps in its buffers, on the way there and back.
    const taken = await greedy.fill(500);
    using other = await Socket.connect(server.port);
    assertEquals(await echoed(other, ascii("other")), ascii("other"));
    const before = await peakMemory(server.process.pid);
    assertEquals(await greedy.fill(500), 0, `after ${taken} bytes`);
    assert(before < 120e6, `${before} bytes`);
    const begin = performance.now();
    server.process.signal("SIGTERM");
    const { code, stderr } = await server.process.outcome();
    const took = performance.now() - begin;
    assertEquals(code, 0, stderr);
    assertFast(took, 1000, "the end");
  },
);

Deno.test("a reset ends only its own connection", async () => {
  await using server = await serve();
  const line = ["tests/clients/reset.py", "127.0.0.1", `${server.port}`, "1000", "0"];
  await using client = startCommand(["python3", ...line], { stdin: "piped" });
  await client.stdout.until(/^sent$/m);
  using other = await Socket.connect(server.port);
  await other.send(ascii("another "));
  assertEquals(await other.read(8), ascii("another "));
  await client.input(new Uint8Array(0));
  await server.process.stderr.until(/^1 .*: error: (Connection reset by peer|Broken pipe)$/m);
  assertEquals(await echoed(other, ascii("other")), ascii("other"));
});

for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) {
  unixTest(
    `echo-server: ${signal} closes everything within a second, with exit status 0`,
    async () => {
      await using server = await serve();
      using idle = await Socket.connect(server.port);
      await idle.send(ascii("x"));
      assertEquals(await idle.read(1), ascii("x"));
      const begin = performance.now();
      server.process.signal(signal);
      const { code, stdout, stderr } = await server.process.outcome();
      const took = performance.now() - begin;
      assertEquals({ code, stdout }, { code: 0, stdout: "" }, stderr);
      assertMatch(stderr, /^1 .*: error: the program was stopped$/m);
      assertFast(took, 1000, "the end");
      assertEquals(await idle.readToEnd(), new Uint8Array(0));
    },
  );
}

Deno.test("listens on the given address only", async () => {
  await using server = await serve("localhost");
  assertMatch(server.process.stderr.text, /^listening on localhost:\d+$/m);
  const conn = await Deno.connect({ hostname: "localhost", port: server.port });
  conn.close();
  await using local = await serve();
  await using everywhere = await serve("0.0.0.0");
  using socket = await Socket.connect(everywhere.port);
  assertEquals(await echoed(socket, ascii("x")), ascii("x"));
  if (Deno.build.os !== "linux") return;
  // All of 127.0.0.0/8 is this machine's there.
  const elsewhere = Deno.connect({ hostname: "127.0.0.2", port: local.port });
  assertEquals(await elsewhere.then((conn) => conn.close(), () => "refused"), "refused");
});
