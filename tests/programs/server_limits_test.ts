import { assert, assertEquals } from "@std/assert";
import { GREETING } from "../support/accio.ts";
import { ascii, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { type ProgramName, type Server, startCommand, startServer } from "../support/program.ts";
import { connectSoon, Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { upload } from "../support/upload.ts";

/** Connects from another address of this machine, and tells what comes, as Python does. */
async function receivedFrom(address: string, port: number): Promise<string> {
  const from = "import socket, sys\n" +
    "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5, (sys.argv[2], 0))\n" +
    "print(s.recv(100))";
  await using stranger = startCommand(["python3", "-c", from, `${port}`, address]);
  return (await stranger.outcome()).stdout.trimEnd();
}

/** A server with these options and a DIR, where it takes one. */
function serve(
  [program, ...words]: typeof SERVERS[number],
  dir: TempDir,
  ...options: readonly string[]
): Promise<Server> {
  return startServer(program, (port) => [
    ...words.map((word) => word === "PORT" ? port : word === "DIR" ? dir.path : word),
    ...options,
  ]);
}

const SERVERS: readonly (readonly [ProgramName, ...string[]])[] = [
  ["accio-server", "PORT", "DIR"],
  ["accio-server-s", "PORT"],
  ["accio", "message-server", "PORT"],
  ["accio", "echo-server", "127.0.0.1", "PORT"],
  ["accio", "calculator-server", "127.0.0.1", "PORT"],
  ["accio", "calculator-server", "--serve=one", "127.0.0.1", "PORT"],
];

for (const words of SERVERS) {
  const name = words.join(" ");
  unixTest(
    `${name} --allow: others are closed before the greeting and take no number`,
    async () => {
      await using dir = new TempDir();
      await using server = await serve(words, dir, "--allow=192.0.2.0/24,127.0.0.1");
      for (const address of ["127.0.0.2", "127.9.9.9"]) {
        assertEquals(await receivedFrom(address, server.port), "b''");
        await server.process.stderr.until(
          new RegExp(`^${address}:\\d+: closed at once: --allow does not include it$`, "m"),
        );
      }
      using friend = await Socket.connect(server.port);
      await friend.send(ascii("1\n"));
      await friend.finish();
      await server.process.stderr.until(/^1 127\.0\.0\.1:\d+: /m);
    },
  );

  Deno.test(`${name} --timeout: a silent client is closed, and the next one is served`, async () => {
    await using dir = new TempDir();
    await using server = await serve(words, dir, "--timeout=1");
    const { stderr } = server.process;
    using silent = await Socket.connect(server.port);
    await silent.readToEnd();
    await stderr.until(/^1 .*: error: the other side was silent for 1 second$/m);
    using next = await connectSoon(server.port);
    await next.send(ascii("1"));
    await next.finish();
    await next.readToEnd();
    await stderr.until(/^2 .*: 1 (byte|request)$/m);
  });

  Deno.test({
    name: `${name}: keepalive is on for every connection`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using dir = new TempDir();
      await using server = await serve(words, dir);
      using _client = await Socket.connect(server.port);
      await eventually(() => hasKeepalive(server.port), () => "a connection with keepalive");
    },
  });
}

/** Whether a server's connection waits for nothing but its keepalive timer. */
async function hasKeepalive(port: number): Promise<boolean> {
  // Deno itself reads nothing below /proc without all permissions.
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/net/tcp"] }).output();
  const local = port.toString(16).toUpperCase().padStart(4, "0");
  // The local and the peer's address, the state ESTABLISHED, the queues, the kind of timer.
  const line = new RegExp(`^ *\\d+: \\S+:${local} \\S+ 01 \\S+ 02:`, "m");
  return line.test(new TextDecoder().decode(stdout));
}

for (const program of ["accio-server", "accio-server-s"] as const) {
  unixTest(`${program}: without --allow any address may connect`, async () => {
    await using dir = new TempDir();
    const operands = program === "accio-server" ? [dir.path] : [];
    await using server = await startServer(program, (port) => [port, ...operands]);
    await upload(server.port, ascii("data"));
    await server.process.stderr.until(/^1 127\.0\.0\.1:\d+: 4 bytes$/m);
  });
}

for (const words of [["message-server"], ["echo-server", "127.0.0.1"]]) {
  Deno.test(`${words[0]} --max-connections: further clients wait, and are served`, async () => {
    await using server = await startServer(
      "accio",
      (port) => [...words, port, "--max-connections=1"],
    );
    using first = await Socket.connect(server.port);
    using second = await Socket.connect(server.port);
    await first.send(ascii("first"));
    await second.send(ascii("second"));
    await second.finish();
    await first.finish();
    await server.process.stderr.until(/^1 .*: 5 bytes\n2 .*: 6 bytes$/m);
  });
}

Deno.test("accio-server --max-connections: further clients wait, and are served", async () => {
  await using dir = new TempDir();
  await using server = await startServer(
    "accio-server",
    (port) => [port, dir.path, "--max-connections=2"],
  );
  const sockets: Socket[] = [];
  for (let i = 0; i < 4; i++) sockets.push(await Socket.connect(server.port));
  const greetings = sockets.map((socket) => socket.read(GREETING.length));
  let greeted = 0;
  for (const greeting of greetings) greeting.then(() => greeted++);
  for (const [i, socket] of sockets.entries()) {
    assertEquals(await greetings[i], GREETING);
    assert(greeted <= i + 2, `${greeted} were greeted when ${i} had left`);
    await socket.send(ascii(`${i + 1}`));
    await socket.finish();
    await socket.readToEnd();
    socket.close();
  }
  for (let i = 1; i <= 4; i++) {
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), `${i}`);
  }
});
