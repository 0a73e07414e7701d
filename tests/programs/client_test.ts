import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CONFIRMATION, GREETING, SECOND_CONFIRMATION } from "../support/accio.ts";
import { ascii, hash, randomBytes, TempDir } from "../support/data.ts";
import { lacksHosts, withHosts } from "../support/hosts.ts";
import { unixTest } from "../support/platform.ts";
import {
  commandLine,
  freePort,
  type Outcome,
  type ProgramName,
  run,
  start,
  startCommand,
  startServer,
} from "../support/program.ts";
import { type Scene, startScene } from "../support/scene.ts";
import { Socket } from "../support/socket.ts";
import { within } from "../support/time.ts";

/** Starts a client and accepts its connection. */
function scene(path: string, ...options: readonly string[]): Promise<Scene> {
  return startScene("accio client", (host, port) => [host, port, path, ...options]);
}

function assertFails({ code, stdout, stderr }: Outcome, says: RegExp): void {
  assertMatch(stderr, /^ERROR: [^\n]+\n$/);
  assertMatch(stderr, says);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
}

Deno.test("sends nothing before the whole greeting has arrived, even one byte a segment", async () => {
  await using dir = new TempDir();
  const data = randomBytes(100_000);
  await using scene_ = await scene(
    await dir.write("file", data),
    "--protocol=plain",
  );
  const { server, client } = scene_;
  await server.sendSlowly(GREETING.subarray(0, 6));
  // Nothing comes, so a read is still waiting when the last byte is sent.
  const first = server.read(data.length);
  const early = await Promise.race([first, quiet()]);
  assertEquals(early, "quiet");
  await server.send(GREETING.subarray(6));
  assertEquals(await first, data);
  assertEquals(await server.readToEnd(), new Uint8Array(0));
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

/** A while in which nothing happens. */
function quiet(): Promise<"quiet"> {
  return new Promise((resolve) => setTimeout(() => resolve("quiet"), 200));
}

Deno.test("the confirm edition sends each confirmation after its greeting, then the file", async () => {
  await using dir = new TempDir();
  const data = randomBytes(100_000);
  await using scene_ = await scene(await dir.write("file", data));
  const { server, client } = scene_;
  await server.sendSlowly(GREETING);
  assertEquals(await server.read(CONFIRMATION.length), CONFIRMATION);
  await server.sendSlowly(GREETING);
  assertEquals(await server.read(SECOND_CONFIRMATION.length), SECOND_CONFIRMATION);
  assertEquals(await server.readToEnd(), data);
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("the headers edition sends the file's base name and length", async () => {
  await using dir = new TempDir();
  await using scene_ = await scene(
    await dir.write('a "b".bin', ascii("12345")),
    "--protocol=headers",
  );
  const { server, client } = scene_;
  await server.send(GREETING);
  assertEquals(
    new TextDecoder().decode(await server.readToEnd()),
    'Content-Disposition: attachment; filename="a _b_.bin"\r\n' +
      "Content-Type: application/octet-stream\r\n" +
      "Content-Length: 5\r\n\r\n12345",
  );
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("an empty file, and one of 3 MB through a slow reader, are sent whole", async () => {
  await using dir = new TempDir();
  for (const size of [0, 3_000_000]) {
    const data = randomBytes(size);
    await using scene_ = await scene(
      await dir.write("file", data),
      "--protocol=plain",
    );
    const { server, client } = scene_;
    await server.send(GREETING);
    for (let at = 0; at < size; at += 100_000) {
      assertEquals(await server.read(100_000), data.subarray(at, at + 100_000));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assertEquals(await server.readToEnd(), new Uint8Array(0));
    server.close();
    assertEquals((await client.outcome()).code, 0);
  }
});

Deno.test("sends standard input if FILE is -", async () => {
  await using dir = new TempDir();
  await using server = await startServer(
    "accio-server",
    (port) => [port, dir.path],
  );
  const data = randomBytes(1_000_000);
  await using client = start("accio client", ["127.0.0.1", server.port, "-"], {
    stdin: "piped",
  });
  await client.input(data);
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
  assertEquals(await Deno.readFile(dir.file("1.file")), data);
});

Deno.test("a missing or incomplete greeting is an error within the timeout", async () => {
  for (const bytes of ["", "accio\r", "accio\r\n"]) {
    await using scene_ = await scene("deno.json", "--timeout=0.5");
    const { server, client } = scene_;
    const start = performance.now();
    await server.send(ascii(bytes));
    assertFails(await client.outcome(), /did not greet within 0.5 seconds/);
    assert(performance.now() - start < 1500 + 1000);
  }
});

Deno.test("a greeting that trickles in does not extend its time limit", async () => {
  await using scene_ = await scene("deno.json", "--timeout=0.6");
  const { server, client } = scene_;
  const dripping = (async () => {
    for (const byte of GREETING) {
      await server.send(Uint8Array.of(byte)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  assertFails(await client.outcome(), /did not greet within 0.6 seconds/);
  await dripping;
});

Deno.test("a server that takes no bytes is an error within the timeout", async () => {
  await using dir = new TempDir();
  const path = await dir.write("file", new Uint8Array(30_000_000));
  await using scene_ = await scene(path, "--protocol=plain", "--timeout=0.5");
  const { server, client } = scene_;
  await server.send(GREETING);
  assertFails(await client.outcome(), /silent for 0.5 seconds/);
});

Deno.test("a server that does not close at the end is an error within the timeout", async () => {
  await using scene_ = await scene(
    "deno.json",
    "--protocol=plain",
    "--timeout=0.5",
  );
  const { server, client } = scene_;
  await server.send(GREETING);
  assertFails(
    await client.outcome(),
    /did not close the connection within 0.5 seconds/,
  );
});

Deno.test("a server that closes before its greeting, or sends another one, is an error at once", async () => {
  for (
    const [sent, says] of [
      ["acc", /closed the connection before its greeting/],
      ["hello\r\n", /did not send the greeting/],
    ] as const
  ) {
    await using scene_ = await scene("deno.json");
    const { server, client } = scene_;
    await server.send(ascii(sent));
    await server.finish();
    assertFails(await client.outcome(), says);
  }
});

Deno.test("a server that dies in the middle of the file is an error", async () => {
  await using dir = new TempDir();
  const path = await dir.write("file", new Uint8Array(30_000_000));
  await using scene_ = await scene(path, "--protocol=plain");
  const { server, client } = scene_;
  await server.send(GREETING);
  await server.read(1000);
  server.close();
  assertFails(
    await client.outcome(),
    /before the whole file was sent \(bytes sent: \d+\)/,
  );
});

/** The clients that send all they have, with a limit that no test waits for. */
const SENDERS = [
  {
    name: "accio client",
    program: "accio client",
    subcommand: [],
    options: ["-", "--protocol=plain", "--timeout=60"],
    greeting: GREETING,
    what: "file",
  },
  {
    name: "accio message-client",
    program: "accio",
    subcommand: ["message-client"],
    options: [],
    greeting: ascii(""),
    what: "message",
  },
] as const;
/** What fails at once does so within this time even on a busy machine, in milliseconds. */
const AT_ONCE = 30_000;

/** How a server ends a connection that it does not read any more. */
const ENDINGS = [
  { does: "closes the connection", end: (server: Socket) => server.close() },
  { does: "closes its side and reads no more", end: (server: Socket) => server.finish() },
] as const;

for (const { name, program, subcommand, options, greeting, what } of SENDERS) {
  const senderScene = () =>
    startScene(program, (host, port) => [...subcommand, host, port, ...options], {
      stdin: "piped",
    });

  for (const { does, end } of ENDINGS) {
    Deno.test(`${name} fails at once when the server ${does} while it waits for more input`, async () => {
      await using scene_ = await senderScene();
      const { server, client } = scene_;
      await server.send(greeting);
      await client.type(ascii("a"));
      assertEquals(await server.read(1), ascii("a"));
      await end(server);
      const says =
        `^ERROR: the server closed the connection before the whole ${what} was sent \\(bytes sent: 1\\)\n$`;
      assertFails(await client.outcome(AT_ONCE), new RegExp(says));
    });
  }

  Deno.test(`${name} fails at once when the server resets the connection while it waits for more input`, async () => {
    const text = new TextDecoder().decode(greeting);
    await using server = startCommand(["python3", "tests/clients/reset_server.py", text]);
    const [, port = ""] = await server.stdout.until(/^(\d+)\n/);
    await using client = start(program, [...subcommand, "127.0.0.1", port, ...options], {
      stdin: "piped",
    });
    await client.type(ascii("a"));
    const says =
      `^ERROR: the connection was lost before the whole ${what} was sent \\(bytes sent: 1\\): Connection reset`;
    assertFails(await client.outcome(AT_ONCE), new RegExp(says));
  });

  Deno.test(`${name} fails at once when the server closes its side and takes no bytes`, async () => {
    await using scene_ = await senderScene();
    const { server, client } = scene_;
    await server.send(greeting);
    client.input(new Uint8Array(30_000_000)).catch(() => {});
    await server.read(1000);
    await server.finish();
    assertFails(await client.outcome(AT_ONCE), new RegExp(`before the whole ${what} was sent`));
  });

  Deno.test(`${name} succeeds when the server closes as soon as it has the last byte`, async () => {
    for (const size of [1, 1000, 100_000]) {
      const data = randomBytes(size);
      for (let i = 0; i < 5; i++) {
        await using scene_ = await senderScene();
        const { server, client } = scene_;
        await server.send(greeting);
        await Promise.all([
          client.input(data),
          server.read(size).then((bytes) => {
            server.close();
            assertEquals(bytes, data);
          }),
        ]);
        assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
      }
    }
  });

  Deno.test(`${name} discards what the server sends after its greeting`, async () => {
    await using scene_ = await senderScene();
    const { server, client } = scene_;
    const data = randomBytes(5_000_000);
    await server.send(greeting);
    client.input(data);
    const [, received] = await Promise.all([server.send(data), server.readToEnd()]);
    assertEquals(hash(received), hash(data));
    server.close();
    assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
  });
}

Deno.test("waiting for more input does not count as silence of the server", async () => {
  await using scene_ = await startScene(
    "accio client",
    (host, port) => [host, port, "-", "--protocol=plain", "--timeout=0.5"],
    { stdin: "piped" },
  );
  const { server, client } = scene_;
  await server.send(GREETING);
  await client.type(ascii("a"));
  assertEquals(await server.read(1), ascii("a"));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await client.input(ascii("b"));
  assertEquals(await server.readToEnd(), ascii("b"));
  server.close();
  assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("accio client fails when accio-server times out while it waits for more input", async () => {
  await using dir = new TempDir();
  await using server = await startServer("accio-server", (port) => [port, dir.path, "--timeout=1"]);
  await using client = start("accio client", ["127.0.0.1", server.port, "-"], { stdin: "piped" });
  await client.type(ascii("a"));
  assertFails(await client.outcome(AT_ONCE), /before the whole file was sent/);
});

Deno.test("in every edition the server may close as soon as it has the whole file", async () => {
  await using dir = new TempDir();
  const data = randomBytes(1000);
  const path = await dir.write("file", data);
  for (const edition of ["plain", "confirm", "headers"]) {
    await using scene_ = await scene(path, `--protocol=${edition}`);
    const { server, client } = scene_;
    await server.send(GREETING);
    if (edition === "confirm") {
      await server.read(CONFIRMATION.length);
      await server.send(GREETING);
      await server.read(SECOND_CONFIRMATION.length);
    }
    if (edition === "headers") {
      for (let tail = ""; tail !== "\r\n\r\n";) {
        tail = (tail + new TextDecoder().decode(await server.read(1))).slice(-4);
      }
    }
    assertEquals(await server.read(data.length), data);
    server.close();
    assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
  }
});

unixTest("a server that accepts no connections is an error within the timeout", async () => {
  await using full = startCommand(
    ["python3", "tests/clients/full_backlog.py"],
    {
      stdin: "piped",
    },
  );
  const [, port = ""] = await full.stdout.until(/^(\d+)\n/);
  assertFails(
    await run("accio client", [
      "127.0.0.1",
      port,
      "deno.json",
      "--timeout=0.5",
    ]),
    /did not answer within 0.5 seconds/,
  );
  await full.input(new Uint8Array(0));
});

unixTest("an interrupted client reports it and does not exit with 0", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) {
    await using scene_ = await scene("deno.json");
    const { server, client } = scene_;
    await server.send(GREETING);
    await server.read(CONFIRMATION.length);
    client.signal(signal);
    assertFails(await client.outcome(), /was stopped/);
  }
});

Deno.test("in the headers edition a file that changes its size while it is sent is an error on both sides", async () => {
  for (const change of [-1_000_000, 1_000_000]) {
    await using dir = new TempDir();
    const path = await dir.write("file", new Uint8Array(30_000_000));
    await using scene_ = await scene(path, "--protocol=headers");
    const { server, client } = scene_;
    await server.send(GREETING);
    await server.read(1000);
    await Deno.truncate(path, 30_000_000 + change);
    const rest = server.readToEnd();
    assertFails(await client.outcome(), /length changed while it was sent/);
    if (change < 0) assert((await rest).length < 29_500_000);
    else await rest;
  }
});

unixTest("on a terminal there is a progress bar", async () => {
  await using dir = new TempDir();
  await using server = await startServer(
    "accio-server",
    (port) => [port, dir.path],
  );
  await using terminal = startCommand([
    "python3",
    "tests/clients/on_terminal.py",
    ...commandLine("accio client"),
    "127.0.0.1",
    `${server.port}`,
    "deno.json",
  ]);
  const { code, stdout } = await terminal.outcome();
  assertStringIncludes(stdout, `[${"#".repeat(30)}] 100 %`);
  assertEquals(code, 0);
});

/** A name with several addresses, none of which answers but one. */
const SEVERAL = "several.test";
const ADDRESSES = ["::1", "127.0.0.1", "127.0.0.2", "127.0.0.3"];

/** Each client with what its server does, and what it prints. */
const CLIENTS: readonly {
  readonly name: string;
  readonly program: ProgramName;
  readonly subcommand: readonly string[];
  readonly operands: readonly string[];
  readonly input: string;
  readonly serve: (server: Socket) => Promise<unknown>;
  readonly stdout: string;
}[] = [
  {
    name: "accio client",
    program: "accio client",
    subcommand: [],
    operands: ["-", "--protocol=plain"],
    input: "file",
    serve: async (server) => {
      await server.send(GREETING);
      assertEquals(await server.readToEnd(), ascii("file"));
    },
    stdout: "",
  },
  {
    name: "accio message-client",
    program: "accio",
    subcommand: ["message-client"],
    operands: [],
    input: "message",
    serve: async (server) => assertEquals(await server.readToEnd(), ascii("message")),
    stdout: "",
  },
  {
    name: "accio calculator-client",
    program: "accio calculator-client",
    subcommand: [],
    operands: [],
    input: "1+1\n",
    serve: async (server) => {
      assertEquals(await server.read(4), ascii("1+1\n"));
      await server.send(ascii("2\n"));
      await server.readToEnd();
    },
    stdout: "2\n",
  },
];

const lacks = await lacksHosts();
for (const { name, program, subcommand, operands, input, serve, stdout } of CLIENTS) {
  Deno.test({
    name: `${name} tries every address of a host name${lacks ? ` (skipped: ${lacks})` : ""}`,
    ignore: lacks !== undefined,
    async fn() {
      await using dir = new TempDir();
      const hosts = ADDRESSES.map((address) => `${address} ${SEVERAL}\n`).join("");
      const file = await dir.write("hosts", ascii(hosts));
      const command = (port: number) =>
        withHosts(
          file,
          ...commandLine(program),
          ...[...subcommand, SEVERAL, `${port}`, ...operands],
        );
      for (const hostname of ADDRESSES.slice(1)) {
        using listener = Deno.listen({ hostname, port: 0 });
        await using client = startCommand(command(listener.addr.port), { stdin: "piped" });
        using server = new Socket(
          await within(20_000, listener.accept(), () => `a connection: ${client.stderr.text}`),
        );
        await client.input(ascii(input));
        await serve(server);
        server.close();
        assertEquals(await client.outcome(), { code: 0, stdout, stderr: "" }, hostname);
      }
      const port = freePort();
      await using client = startCommand(command(port));
      assertFails(await client.outcome(), /several\.test:\d+ refused the connection/);
    },
  });
}

Deno.test({
  name: `an address that never answers leaves time for the next${
    lacks ? ` (skipped: ${lacks})` : ""
  }`,
  ignore: lacks !== undefined,
  async fn() {
    await using full = startCommand(["python3", "tests/clients/full_backlog.py"], {
      stdin: "piped",
    });
    const [, port = ""] = await full.stdout.until(/^(\d+)\n/);
    using listener = Deno.listen({ hostname: "127.0.0.2", port: Number(port) });
    await using dir = new TempDir();
    const hosts = `127.0.0.1 ${SEVERAL}\n127.0.0.2 ${SEVERAL}\n`;
    const args = [SEVERAL, port, "deno.json", "--protocol=plain", "--timeout=4"];
    const file = await dir.write("hosts", ascii(hosts));
    await using client = startCommand(withHosts(file, ...commandLine("accio client"), ...args));
    using server = new Socket(
      await within(20_000, listener.accept(), () => `a connection: ${client.stderr.text}`),
    );
    await server.send(GREETING);
    await server.readToEnd();
    server.close();
    assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
    await full.input(new Uint8Array(0));
  },
});
