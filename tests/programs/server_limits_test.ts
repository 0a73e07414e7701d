import { assert, assertEquals } from "@std/assert";
import { GREETING } from "../support/accio.ts";
import { ascii, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { type ProgramName, startCommand, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { upload } from "../support/upload.ts";

/** Connects from another address of this machine, and tells what comes, as Python does. */
async function receivedFrom(address: string, port: number): Promise<string> {
  const from = "import socket, sys\n" +
    "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5, (sys.argv[2], 0))\n" +
    "print(s.recv(100))";
  await using stranger = startCommand(["python3", "-c", from, `${port}`, address]);
  return (await stranger.outcome()).stdout.trimEnd();
}

const SERVERS: readonly (readonly [ProgramName, ...string[]])[] = [
  ["accio-server", "PORT", "DIR"],
  ["accio-server-s", "PORT"],
  ["accio", "message-server", "PORT"],
  ["accio", "echo-server", "127.0.0.1", "PORT"],
  ["accio", "calculator-server", "127.0.0.1", "PORT"],
  ["accio", "calculator-server", "--serve=one", "127.0.0.1", "PORT"],
];

for (const [program, ...words] of SERVERS) {
  const name = [program, ...words].join(" ");
  unixTest(
    `${name} --allow: others are closed before the greeting and take no number`,
    async () => {
      await using dir = new TempDir();
      await using server = await startServer(program, (port) => [
        ...words.map((word) => word === "PORT" ? port : word === "DIR" ? dir.path : word),
        "--allow=192.0.2.0/24,127.0.0.1",
      ]);
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
}

for (const program of ["accio-server", "accio-server-s"] as const) {
  unixTest(`${program}: without --allow everybody may connect`, async () => {
    await using dir = new TempDir();
    const operands = program === "accio-server" ? [dir.path] : [];
    await using server = await startServer(program, (port) => [port, ...operands]);
    await upload(server.port, ascii("data"));
    await server.process.stderr.until(/^1 127\.0\.0\.1:\d+: 4 bytes$/m);
  });
}

for (const words of [["message-server"], ["echo-server", "127.0.0.1"]]) {
  Deno.test(`${words[0]} --max-connections: who comes beyond it waits, and is served`, async () => {
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

Deno.test("accio-server --max-connections: who comes beyond it waits, and is served", async () => {
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
