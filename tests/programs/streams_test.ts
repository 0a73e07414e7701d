import { assert, assertEquals, assertMatch } from "@std/assert";
import { ascii, concat, hash, randomBytes, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { COMPILED, freePort, start, startServer } from "../support/program.ts";
import { startScene } from "../support/scene.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { upload } from "../support/upload.ts";

/** What a shell does to give the program an awkward stdout or stderr. */
function awkward(descriptor: 1 | 2, kind: string, reader: string): string {
  return `exec python3 tests/clients/streams.py ${descriptor} ${kind} ${reader} "$@"`;
}

/** Waits for a server whose stderr nobody reads. */
async function listening(port: number): Promise<void> {
  await eventually(async () => {
    try {
      (await Socket.connect(port)).close();
      return true;
    } catch {
      return false;
    }
  }, () => "the server to listen");
}

for (const kind of ["blocking", "nonblocking", "socket"]) {
  unixTest(`message-server loses nothing on a slow stdout: ${kind}`, async () => {
    await using server = await startServer("accio", (port) => ["message-server", port], {
      shell: awkward(1, kind, "slowly"),
    });
    const messages = [
      randomBytes(1_500_000),
      // No newline, and many.
      ascii("x".repeat(500_000)),
      ascii("a line\n".repeat(50_000)),
      ...Array.from({ length: 50 }, (_, i) => ascii(`message ${i} without an end`.repeat(i))),
    ];
    for (const message of messages) {
      using socket = await Socket.connect(server.port);
      await socket.send(message);
      await socket.finish();
      await socket.readToEnd(60_000);
    }
    server.process.signal("SIGTERM");
    const all = concat(...messages);
    const { code, stdout, stderr } = await server.process.outcome();
    assertEquals({ code, stdout }, { code: 0, stdout: `${all.length} ${hash(all)}\n` }, stderr);
  });
}

for (const name of ["accio-server-s", "message-server"] as const) {
  for (const kind of ["blocking", "nonblocking"]) {
    unixTest(`${name}: SIGTERM ends it while nobody reads its stdout: ${kind}`, async () => {
      await using server = await startServer(
        name === "message-server" ? "accio" : name,
        (port) => name === "message-server" ? [name, port] : [port],
        { shell: awkward(1, kind, "never") },
      );
      using socket = await Socket.connect(server.port);
      await socket.send(ascii("five\n"));
      await socket.finish();
      server.process.signal("SIGTERM");
      const { code, stderr } = await server.process.outcome();
      assertEquals(code, 0, stderr);
    });
  }
}

for (const kind of ["blocking", "nonblocking"]) {
  unixTest(
    `accio-server-s serves while nobody reads its stdout, and its results arrive in the end: ${kind}`,
    async () => {
      await using server = await startServer("accio-server-s", (port) => [port], {
        shell: awkward(1, kind, "on-signal"),
      });
      using first = await Socket.connect(server.port);
      await first.send(ascii("hello"));
      await first.finish();
      // Once the server has closed it and serves the next, the count waits for the reader.
      await first.readToEnd();
      using second = await Socket.connect(server.port);
      assertEquals(await second.read(7), ascii("accio\r\n"));
      server.process.signal("SIGTERM");
      const { code, stdout, stderr } = await server.process.outcome();
      assertEquals({ code, stdout }, { code: 0, stdout: "5\nERROR\n" }, stderr);
    },
  );

  unixTest(`accio-server serves while nobody reads its stderr: ${kind}`, async () => {
    await using dir = new TempDir();
    const port = freePort();
    await using server = start("accio-server", [port, dir.path], {
      shell: awkward(2, kind, "never"),
    });
    await listening(port);
    await upload(port, ascii("hello"));
    server.signal("SIGTERM");
    assertEquals((await server.outcome()).code, 0);
    assertEquals(dir.names(), ["1.file", "2.file"]);
    assertEquals(await Deno.readTextFile(dir.file("2.file")), "hello");
  });
}

unixTest("lines that do not fit into an unread stderr are counted and reported", async () => {
  const port = freePort();
  await using server = start("accio", [
    ...["echo-server", "127.0.0.1", port, "--log=json", "--allow=10.0.0.0/8"],
  ], { shell: awkward(2, "nonblocking", "on-input"), stdin: "piped" });
  await listening(port);
  const CONNECTIONS = 4_000;
  for (let done = 1; done < CONNECTIONS;) {
    const count = Math.min(20, CONNECTIONS - done);
    await Promise.all(Array.from({ length: count }, async () => {
      using socket = await Socket.connect(port);
      await socket.readToEnd();
    }));
    done += count;
  }
  await server.input(new Uint8Array(0));
  await server.stdout.until(/"event":"dropped".*\n/);
  server.signal("SIGTERM");
  const { code, stdout, stderr } = await server.outcome();
  assertEquals(code, 0, stderr);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const dropped = events.filter(({ event }) => event === "dropped");
  const refused = events.filter(({ event }) => event === "refused");
  assertEquals(dropped.length, 1);
  assertEquals(refused.length + dropped[0].lines, CONNECTIONS);
  assert(dropped[0].lines > 0 && stdout.length > 200_000, `${dropped[0].lines} dropped`);
});

unixTest("accio-server goes on serving when the reader of its stderr is gone", async () => {
  await using dir = new TempDir();
  const port = freePort();
  await using server = start("accio-server", [port, dir.path], {
    shell: awkward(2, "blocking", "gone"),
  });
  await listening(port);
  await upload(port, ascii("hello"));
  server.signal("SIGTERM");
  assertEquals((await server.outcome()).code, 0);
  assertEquals(await Deno.readTextFile(dir.file("2.file")), "hello");
});

unixTest("a result that can't be written is an error", async () => {
  if (Deno.build.os !== "linux") return;
  await using accio = start("accio", ["--version"], { shell: 'exec "$@" >/dev/full' });
  assertEquals(await accio.outcome(), {
    code: 1,
    stdout: "",
    stderr: "ERROR: can't write to standard output: No space left on device\n",
  });
});

unixTest("output for closed streams does not get into any file", async () => {
  await using dir = new TempDir();
  const port = freePort();
  await using server = start("accio-server", [port, dir.path], {
    shell: 'exec "$@" <&- >&- 2>&-',
  });
  await listening(port);
  for (const text of ["one", "two", "three"]) await upload(port, ascii(text));
  server.signal("SIGTERM");
  assertEquals((await server.outcome()).code, 0);
  const texts = await Promise.all(dir.names().map((name) => Deno.readTextFile(dir.file(name))));
  assertEquals(texts, ["", "one", "two", "three"]);
});

unixTest(
  "accio-server-s does not send to clients what it prints on closed streams",
  async () => {
    const port = freePort();
    await using server = start("accio-server-s", [port], { shell: 'exec "$@" <&- >&- 2>&-' });
    await listening(port);
    using socket = await Socket.connect(port);
    await socket.send(ascii("hello"));
    await socket.finish();
    assertEquals(await socket.readToEnd(), ascii("accio\r\n"));
    server.signal("SIGTERM");
    assertEquals((await server.outcome()).code, 0);
  },
);

for (const program of ["message-client", "client"]) {
  unixTest(`accio ${program} reads a non-blocking stdin to its end`, async () => {
    const data = randomBytes(1_000_000);
    const rest = program === "client" ? ["-", "--protocol=plain"] : [];
    await using scene = await startScene(
      "accio",
      (host, port) => [program, host, port, ...rest],
      { shell: 'exec python3 tests/clients/nonblocking_stdin.py "$@"', stdin: "piped" },
    );
    const { client, server } = scene;
    await server.send(ascii("accio\r\n"));
    const input = client.input(data);
    assertEquals(hash(await server.readToEnd()), hash(data));
    await input;
    server.close();
    const { code, stderr } = await client.outcome();
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });
}

unixTest("an argument that is not valid UTF-8 is refused", async () => {
  await using dir = new TempDir();
  await using server = start("accio-server", [freePort()], {
    shell: `exec "$@" "$(printf '${dir.path}/\\377')"`,
  });
  const { code, stdout, stderr } = await server.outcome();
  assertEquals(stdout, "");
  assertEquals(dir.names(), []);
  if (COMPILED) {
    // The runtime refuses it before the program begins.
    assert(code !== 0);
  } else {
    assertEquals(code, 2, stderr);
    assertMatch(stderr, /^ERROR: arguments must be valid UTF-8; one is not: ".*"\n$/);
  }
});
