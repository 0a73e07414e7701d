import { assert, assertEquals, assertMatch } from "@std/assert";
import { CONFIRMATION, GREETING, SECOND_CONFIRMATION } from "../support/accio.ts";
import { ascii, concat, randomBytes } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import {
  commandLine,
  freePort,
  type Server,
  sourceTest,
  startCommand,
  startServer,
} from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { assertFast } from "../support/time.ts";

function serve(...options: readonly string[]): Promise<Server> {
  return startServer("accio-server-s", (port) => [port, ...options]);
}

/** The lines on the server's stdout, once there are so many. */
async function results({ process }: Server, count: number): Promise<string[]> {
  await process.stdout.until(new RegExp(`^(.*\\n){${count}}$`));
  return process.stdout.text.split("\n").slice(0, -1);
}

/** Greets, sends, half-closes, and waits for the server to close. */
async function upload(
  port: number,
  ...parts: readonly Uint8Array[]
): Promise<void> {
  using socket = await Socket.connect(port);
  assertEquals(await socket.read(GREETING.length), GREETING);
  await socket.send(concat(...parts));
  await socket.finish();
  await socket.readToEnd();
}

Deno.test("each client's bytes are counted, without the handshake, one line for each", async () => {
  await using server = await serve();
  const data = randomBytes(3_000_000);
  await upload(server.port);
  await upload(server.port, ascii("x"));
  await upload(server.port, data);
  await upload(server.port, CONFIRMATION, SECOND_CONFIRMATION, data);
  await upload(server.port, CONFIRMATION, SECOND_CONFIRMATION);
  await upload(server.port, CONFIRMATION.subarray(0, 9));
  assertEquals(await results(server, 6), [
    "0",
    "1",
    "3000000",
    "3000000",
    "0",
    "9",
  ]);
});

Deno.test("the confirm edition works one byte a segment, and greets twice", async () => {
  await using server = await serve("--protocol=confirm");
  using socket = await Socket.connect(server.port);
  assertEquals(await socket.read(7), GREETING);
  await socket.sendSlowly(CONFIRMATION);
  assertEquals(await socket.read(7), GREETING);
  await socket.sendSlowly(concat(SECOND_CONFIRMATION, ascii("12345")));
  await socket.finish();
  assertEquals(await socket.readToEnd(), new Uint8Array(0));
  assertEquals(await results(server, 1), ["5"]);
});

Deno.test("a byte that the edition does not allow is ERROR, and closes the connection at once", async () => {
  await using confirm = await serve("--protocol=confirm");
  for (const sent of ["data", "confirm-accio\r\ndata"]) {
    using socket = await Socket.connect(confirm.port);
    await socket.send(ascii(sent));
    await socket.readToEnd();
  }
  assertEquals(await results(confirm, 2), ["ERROR", "ERROR"]);

  await using headers = await serve("--protocol=headers");
  using socket = await Socket.connect(headers.port);
  await socket.send(ascii("Content-Length: 3\r\n\r\nabc"));
  await socket.readToEnd();
  assertEquals(await results(headers, 1), ["ERROR"]);
});

Deno.test("in the headers edition a body of another length than promised is ERROR", async () => {
  await using server = await serve("--protocol=headers");
  const header = ascii(
    'Content-Disposition: attachment; filename="x"\r\n' +
      "Content-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\n",
  );
  await upload(server.port, header, ascii("abc"));
  await upload(server.port, header, ascii("ab"));
  await upload(server.port, header, ascii("abcd"));
  assertEquals(await results(server, 3), ["3", "ERROR", "ERROR"]);
});

Deno.test("a file over --max-size is ERROR", async () => {
  await using server = await serve("--max-size=1000");
  await upload(server.port, randomBytes(1000));
  await upload(server.port, randomBytes(1001));
  await upload(server.port, CONFIRMATION, SECOND_CONFIRMATION, randomBytes(1000));
  assertEquals(await results(server, 3), ["1000", "ERROR", "1000"]);
});

Deno.test("one byte too many ends the connection as soon as it arrives", async () => {
  await using server = await serve("--max-size=1000");
  await using headers = await serve("--protocol=headers");
  using large = await Socket.connect(server.port);
  await large.send(randomBytes(900));
  await large.send(randomBytes(101));
  using promised = await Socket.connect(headers.port);
  const block = 'Content-Disposition: attachment; filename="x"\r\n' +
    "Content-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\n";
  await promised.send(ascii(`${block}four`));
  await promised.send(ascii("!!"));
  const begin = performance.now();
  // Neither client closes its side.
  await server.process.stderr.until(/error: the client sent more than 1000 bytes/);
  await headers.process.stderr.until(/error: the client sent more bytes than its Content-Length/);
  const took = performance.now() - begin;
  assertFast(took, 500, "the end of both");
});

Deno.test({
  name: "results that can't be written are an error",
  ignore: Deno.build.os !== "linux", // Others have no /dev/full.
  async fn() {
    const shell = 'exec "$@" > /dev/full';
    await using server = await startServer("accio-server-s", (port) => [port], { shell });
    await upload(server.port, randomBytes(1000));
    const { code, stderr } = await server.process.outcome();
    assertMatch(stderr, /^ERROR: can't write to standard output: No space left on device$/m);
    assertEquals(code, 1);
  },
});

Deno.test("keeps 12 clients waiting in order: none is refused, and one is greeted at a time", async () => {
  await using server = await serve();
  const sockets: Socket[] = [];
  const greeted: number[] = [];
  for (let i = 0; i < 12; i++) sockets.push(await Socket.connect(server.port));
  const greetings = sockets.map(async (socket, i) => {
    assertEquals(await socket.read(GREETING.length), GREETING);
    greeted.push(i);
  });
  for (const [i, socket] of sockets.entries()) {
    await greetings[i];
    assertEquals(greeted, Array.from({ length: i + 1 }, (_, i) => i));
    await socket.send(new Uint8Array(100 + i));
    await socket.finish();
    await socket.readToEnd();
    socket.close();
  }
  assertEquals(
    await results(server, 12),
    sockets.map((_, i) => `${100 + i}`),
  );
});

const SILENCES: readonly [where: string, sent: Uint8Array][] = [
  ["before the first byte", new Uint8Array(0)],
  ["in the first confirmation", CONFIRMATION.subarray(0, 5)],
  ["after the first confirmation", CONFIRMATION],
  ["in the second confirmation", concat(CONFIRMATION, SECOND_CONFIRMATION.subarray(0, 5))],
  ["in the data", concat(CONFIRMATION, SECOND_CONFIRMATION, randomBytes(100_000))],
];
for (const [where, sent] of SILENCES) {
  Deno.test(`silence ${where} is ERROR, and the next client is served`, async () => {
    await using server = await serve("--timeout=0.4");
    using silent = await Socket.connect(server.port);
    await silent.send(sent);
    await silent.readToEnd();
    await upload(server.port, ascii("12345"));
    assertEquals(await results(server, 2), ["ERROR", "5"]);
  });
}

Deno.test("the timeout starts afresh with each byte", async () => {
  await using server = await serve("--timeout=0.6");
  using socket = await Socket.connect(server.port);
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < 1500) {
    await socket.send(Uint8Array.of(1));
    sent++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await socket.finish();
  assertEquals(await results(server, 1), [`${sent}`]);
});

sourceTest("the timeout is no less than 10 seconds", async () => {
  await using server = await serve();
  using socket = await Socket.connect(server.port);
  await socket.read(7);
  await socket.send(ascii("x"));
  const start = performance.now();
  await socket.readToEnd();
  const seconds = (performance.now() - start) / 1000;
  assert(seconds > 9.9 && seconds < 12, `${seconds} s`);
  assertEquals(await results(server, 1), ["ERROR"]);
});

unixTest(
  "a server that was stopped for longer than the timeout fails no healthy transfer",
  async () => {
    await using server = await serve("--timeout=1");
    using socket = await Socket.connect(server.port);
    await socket.read(7);
    const piece = randomBytes(1000);
    let sent = 0;
    const send = async (milliseconds: number) => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end) {
        await socket.send(piece);
        sent += piece.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await send(200);
    server.process.signal("SIGSTOP");
    await send(2500);
    server.process.signal("SIGCONT");
    await send(200);
    await socket.finish();
    assertEquals(await results(server, 1), [`${sent}`]);
  },
);

unixTest("a reset is ERROR, before the first byte and in the data", async () => {
  await using server = await serve();
  for (const count of [0, 4, 1_000_000]) {
    await using client = startCommand([
      "python3",
      "tests/clients/reset.py",
      "127.0.0.1",
      `${server.port}`,
      `${count}`,
    ]);
    await client.outcome();
  }
  assertEquals(await results(server, 3), ["ERROR", "ERROR", "ERROR"]);
});

unixTest("a server ends with exit status 0 when its stdout is closed", async () => {
  const port = freePort();
  const server = commandLine("accio-server-s").join(" ");
  await using shell = startCommand([
    "bash",
    "-c",
    `set -o pipefail; ${server} ${port} | head -n 1`,
  ]);
  await shell.stderr.until(/^listening/m);
  await upload(port, ascii("12345"));
  await shell.stdout.until(/^5\n$/);
  await upload(port, ascii("1234"));
  assertEquals((await shell.outcome()).code, 0);
});
