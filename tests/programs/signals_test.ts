import { assert, assertEquals } from "@std/assert";
import { CONFIRMATION, GREETING, SECOND_CONFIRMATION } from "../support/accio.ts";
import {
  ascii,
  concat,
  exists,
  hash,
  hashFile,
  LARGEST_BLOCK,
  randomBytes,
  TempDir,
} from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { start, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { assertFast, eventually } from "../support/time.ts";
import { upload } from "../support/upload.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const;
/** Other signals that kill a process that does not handle them. */
const HANGUPS: readonly Deno.Signal[] = [
  ...["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU"] as const,
  ...Deno.build.os === "linux" ? ["SIGIO", "SIGPWR", "SIGSTKFLT"] as const : [],
];

/** What a client has sent when the signal comes. */
const MOMENTS: readonly [when: string, sent: Uint8Array | undefined][] = [
  ["while nobody is connected", undefined],
  ["after the greeting", new Uint8Array(0)],
  ["in the handshake", ascii("confirm-accio\r\nconfirm")],
  [
    "in the middle of a transfer",
    concat(
      CONFIRMATION,
      SECOND_CONFIRMATION,
      randomBytes(100_000),
    ),
  ],
];

for (const signal of SIGNALS) {
  for (const [when, sent] of MOMENTS) {
    unixTest(`accio-server-s: ${signal} ${when}: exit 0 within a second`, async () => {
      await using server = await startServer(
        "accio-server-s",
        (port) => [port],
      );
      const sockets: Socket[] = [];
      if (sent !== undefined) {
        sockets.push(await Socket.connect(server.port));
        await sockets[0]?.read(7);
        await sockets[0]?.send(sent);
        // These wait in the queue.
        for (let i = 0; i < 3; i++) {
          sockets.push(await Socket.connect(server.port));
        }
      }
      const start = performance.now();
      server.process.signal(signal);
      const { code, stdout, stderr } = await server.process.outcome();
      const took = performance.now() - start;
      assertEquals(
        { code, stdout },
        { code: 0, stdout: sent ? "ERROR\n" : "" },
        stderr,
      );
      assertFast(took, 1000, "the end");
      for (const socket of sockets) socket.close();
    });

    unixTest(
      `accio-server: ${signal} ${when}: exit 0 within a second, whole files stay whole, others are ERROR`,
      async () => {
        await using dir = new TempDir();
        await using server = await startServer(
          "accio-server",
          (port) => [port, dir.path],
        );
        using whole = await Socket.connect(server.port);
        await whole.send(ascii("whole"));
        await whole.finish();
        await whole.readToEnd();
        const sockets: Socket[] = [];
        for (let i = 0; sent !== undefined && i < 3; i++) {
          const socket = await Socket.connect(server.port);
          await socket.read(7);
          await socket.send(sent);
          sockets.push(socket);
        }
        const start = performance.now();
        server.process.signal(signal);
        const { code, stdout, stderr } = await server.process.outcome();
        const took = performance.now() - start;
        assertEquals({ code, stdout }, { code: 0, stdout: "" }, stderr);
        assertFast(took, 1000, "the end");
        assertEquals(await Deno.readTextFile(dir.file("1.file")), "whole");
        for (const [i, socket] of sockets.entries()) {
          assertEquals(
            await Deno.readTextFile(dir.file(`${i + 2}.file`)),
            "ERROR",
          );
          socket.close();
        }
        assertEquals(
          dir.names().length,
          1 + sockets.length,
        );
      },
    );
  }
}

for (const name of ["accio-server-s", "accio-server"] as const) {
  unixTest(`${name}: started again at once on the same port, it serves`, async () => {
    await using dir = new TempDir();
    const args = (port: number) => name === "accio-server" ? [port, dir.path] : [port];
    await using first = await startServer(name, args);
    using busy = await Socket.connect(first.port);
    await busy.read(7);
    first.process.signal("SIGTERM");
    await first.process.outcome();
    await using second = start(name, args(first.port));
    await second.stderr.until(/^listening on 0\.0\.0\.0:\d+$/m);
    using socket = await Socket.connect(first.port);
    assertEquals(await socket.read(7), GREETING);
  });
}

unixTest("accio-server: a signal turns 20 running transfers into ERROR", async () => {
  await using dir = new TempDir();
  await using server = await startServer(
    "accio-server",
    (port) => [port, dir.path],
  );
  const piece = randomBytes(200_000);
  const senders = Array.from({ length: 20 }, async () => {
    using socket = await Socket.connect(server.port);
    await socket.read(7);
    try {
      for (;;) await socket.send(piece);
    } catch {
      // The server closed it.
    }
  });
  await eventually(
    () => dir.names().length === 20,
    () => "20 files",
  );
  server.process.signal("SIGINT");
  const { code } = await server.process.outcome();
  assertEquals(code, 0);
  await Promise.all(senders);
  for (let i = 1; i <= 20; i++) {
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), "ERROR");
  }
});

for (const signal of HANGUPS) {
  unixTest(`accio-server: ${signal} in the middle of a transfer: exit 0, and ERROR`, async () => {
    await using dir = new TempDir();
    await using server = await startServer("accio-server", (port) => [port, dir.path]);
    using socket = await Socket.connect(server.port);
    await socket.send(new Uint8Array(LARGEST_BLOCK + 1));
    await eventually(() => exists(dir.file("1.file")), () => "the file");
    server.process.signal(signal);
    const { code, stderr } = await server.process.outcome();
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
  });
}

unixTest("repeated SIGHUPs still leave ERROR", async () => {
  await using dir = new TempDir();
  await using server = await startServer("accio-server", (port) => [port, dir.path]);
  using socket = await Socket.connect(server.port);
  await socket.send(new Uint8Array(LARGEST_BLOCK + 1));
  await eventually(() => exists(dir.file("1.file")), () => "the file");
  for (const signal of ["SIGSTOP", "SIGHUP", "SIGALRM", "SIGCONT"] as const) {
    server.process.signal(signal);
  }
  const { code, stderr } = await server.process.outcome();
  assertEquals(code, 0, stderr);
  assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
});

unixTest(
  "a file over `ulimit -f` is ERROR, and other clients are served",
  async () => {
    await using dir = new TempDir();
    // In units of 512 or 1024 bytes, and more than the runtime's own cache files need.
    await using server = await startServer("accio-server", (port) => [port, dir.path], {
      shell: 'ulimit -f 50000; exec "$@"',
    });
    const piece = randomBytes(1 << 20);
    const large = upload(server.port, new Uint8Array(60 << 20));
    await eventually(() => exists(dir.file("1.file")), () => "the large file");
    await upload(server.port, piece);
    await large;
    await server.process.stderr.until(/^1 \S+: error: .*too large.*$/m);
    await upload(server.port, piece);
    assertEquals(await Deno.readTextFile(dir.file("1.file")), "ERROR");
    for (const name of ["2.file", "3.file"]) {
      assertEquals(await hashFile(dir.file(name)), hash(piece));
    }
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
  },
);

unixTest(
  "a second signal ends the process at once, with its number in the exit status",
  async () => {
    await using dir = new TempDir();
    await using server = await startServer(
      "accio-server",
      (port) => [port, dir.path, "--fsync"], // So there is something to wait for.
    );
    using socket = await Socket.connect(server.port);
    await socket.send(new Uint8Array(LARGEST_BLOCK + 1));
    await eventually(() => exists(dir.file("1.file")), () => "the file");
    // Stopped, so that both signals are there when it goes on.
    for (const signal of ["SIGSTOP", "SIGINT", "SIGTERM", "SIGCONT"] as const) {
      server.process.signal(signal);
    }
    const { code } = await server.process.outcome();
    assert(code === 130 || code === 143, `${code}`);
  },
);
