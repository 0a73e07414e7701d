import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ascii } from "../support/data.ts";
import {
  CONCURRENT_WAYS,
  evaluationThreads,
  exchange,
  serve,
  text,
  WAYS,
} from "../support/calculator.ts";
import { filled, HOSTILE } from "../support/heavy.ts";
import { peakMemory, unixTest } from "../support/platform.ts";
import { commandLine, type Running, start, startCommand } from "../support/program.ts";
import { connectSoon, Socket } from "../support/socket.ts";
import { assertFast, eventually, PATIENCE, within } from "../support/time.ts";

const INVALID = "INVALID STATEMENT";

for (const way of WAYS) {
  Deno.test(`--serve=${way}: an answer ends with a newline if its request does`, async () => {
    await using server = await serve(way);
    using socket = await Socket.connect(server.port);
    await exchange(socket, "7/2\n", "3.5\n");
    await exchange(socket, "2**100\r\n", `${2n ** 100n}\n`);
    await exchange(socket, "7//2", "3");
    await exchange(socket, "foo", INVALID);
    await exchange(socket, "\n", `${INVALID}\n`);
    await exchange(socket, "1\n2\n\n4\n5", `1\n2\n${INVALID}\n4\n5`);
    await socket.sendSlowly(ascii("divmod(7, 2)\n"));
    assertEquals(text(await socket.read(7)), "(3, 1)\n");
    await socket.send(ascii("6*7"));
    await socket.finish();
    assertEquals(text(await socket.readToEnd()), "42");
  });

  Deno.test(`--serve=${way}: 5000 requests at once are answered in order`, async () => {
    await using server = await serve(way);
    using socket = await Socket.connect(server.port);
    const requests = Array.from({ length: 5000 }, (_, i) => `${i}+0.5\n`).join("");
    const expected = requests.replaceAll("+0", "");
    const answers = socket.read(expected.length);
    await socket.send(ascii(requests));
    assertEquals(text(await answers), expected);
  });

  Deno.test(`--serve=${way}: a client that closes or resets its connection leaves the next one unharmed`, async () => {
    await using server = await serve(way);
    for (let i = 0; i < 3; i++) {
      const socket = await connectSoon(server.port);
      await exchange(socket, "1+1\n", "2\n");
      await socket.send(ascii("1+1\n".repeat(1000))); // Unread answers make the close a reset.
      socket.close();
    }
    using socket = await connectSoon(server.port);
    await exchange(socket, "1+1\n", "2\n");
  });

  Deno.test(`--serve=${way}: hostile requests are refused within a second`, async () => {
    await using server = await serve(way);
    using socket = await Socket.connect(server.port);
    await exchange(socket, "1", "1");
    for (const [what, request] of HOSTILE) {
      const start = performance.now();
      await socket.send(request);
      assertEquals(text(await socket.read(INVALID.length)), INVALID, what);
      assertFast(performance.now() - start, 1000, what);
      await settle(socket);
    }
  });

  Deno.test(`--serve=${way} --timeout: a client that stays silent after an answer is disconnected`, async () => {
    await using server = await serve(way, "--timeout=1");
    for (const [number, end] of [[1, "\n"], [2, ""]] as const) {
      using socket = await connectSoon(server.port);
      await exchange(socket, `1+1${end}`, `2${end}`);
      assertEquals(text(await socket.readToEnd()), "");
      await server.process.stderr.until(
        new RegExp(`^${number} .*: error: .* silent for 1 second$`, "m"),
      );
    }
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) {
    unixTest(
      `--serve=${way}: ${signal} ends the server within a second, with exit status 0`,
      async () => {
        await using server = await serve(way);
        using socket = await Socket.connect(server.port);
        await exchange(socket, "1+1\n", "2\n");
        await socket.send(ascii("1+"));
        const start = performance.now();
        server.process.signal(signal);
        const { code, stdout } = await server.process.outcome();
        assertFast(performance.now() - start, 1000, "the end");
        assertEquals({ code, stdout }, { code: 0, stdout: "" });
      },
    );
  }
}

/** Reads up to the answer to another request: a long request that arrives with pauses has several. */
async function settle(socket: Socket): Promise<void> {
  await socket.send(ascii("\n4*1000003\n"));
  let seen = "";
  while (!seen.endsWith("\n4000012\n")) seen += text(await socket.read(1));
}

Deno.test("--serve=one: other clients are refused while one is served; once it leaves, the next is served within 100 ms", async () => {
  await using server = await serve("one");
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const socket = await connectSoon(server.port);
    await exchange(socket, "1+1\n", "2\n");
    for (let j = 0; j < 3; j++) {
      await assertRejects(() => Socket.connect(server.port), Deno.errors.ConnectionRefused);
    }
    await exchange(socket, "1+1\n", "2\n");
    socket.close();
    const start = performance.now();
    using next = await connectSoon(server.port);
    await exchange(next, "2+2\n", "4\n");
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  assertFast(times[2] ?? Infinity, 100, "the median");
});

for (const way of CONCURRENT_WAYS) {
  Deno.test(`--serve=${way}: a line that never ends is refused once`, async () => {
    await using server = await serve(way);
    using endless = await Socket.connect(server.port);
    const piece = new Uint8Array(1_000_000).fill(0x31);
    for (let i = 0; i < 20; i++) await endless.send(piece);
    await endless.send(ascii("\n1+1\n"));
    await endless.finish();
    // If the line arrives with pauses, each part is a request.
    assertMatch(text(await endless.readToEnd()), /^(INVALID STATEMENT)+\n2\n$/);
  });
}

const CLIENTS = [["threads", 100], ["select", 1000]] as const;
for (const [way, count] of CLIENTS) {
  unixTest(
    `--serve=${way}: ${count} clients at once are answered, and the server ends within a second`,
    async () => {
      assertFast(await answerAndEnd(way, count), 1000, "the end");
    },
  );
}

/** Asks from `count` clients at once, ends the server, and returns the time (ms) that its end takes. */
async function answerAndEnd(way: typeof WAYS[number], count: number): Promise<number> {
  await using server = await serve(way);
  const sockets: Socket[] = [];
  try {
    for (let i = 0; i < count; i++) sockets.push(await Socket.connect(server.port));
    for (let round = 0; round < 2; round++) {
      await Promise.all(sockets.map((socket, i) => exchange(socket, `${i}*2\n`, `${i * 2}\n`)));
    }
    const start = performance.now();
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
    return performance.now() - start;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

Deno.test({
  name: "--threads=2: two threads answer 100 clients",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await serve("threads", "--threads=2");
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 100; i++) sockets.push(await Socket.connect(server.port));
      const power = "pow(3, 2**2047-1, 2**2048-1) % 1000\n";
      await Promise.all(sockets.map((socket) => exchange(socket, power, "132\n")));
      assertEquals(await evaluationThreads(server.process.pid), 2);
      await Promise.all(sockets.map((socket, i) => exchange(socket, `${i}*2\n`, `${i * 2}\n`)));
      assertEquals(await evaluationThreads(server.process.pid), 2);
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
});

unixTest(
  "--serve=threads: a signal ends the server within a second while requests wait",
  async () => {
    await using server = await serve("threads", "--threads=1");
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 100; i++) sockets.push(await Socket.connect(server.port));
      await Promise.all(sockets.map((socket) => socket.send(ascii(`${filled("1+")}\n`))));
      assertEquals(text(await Promise.any(sockets.map((socket) => socket.read(6)))), "32768\n");
      const start = performance.now();
      server.process.signal("SIGTERM");
      assertEquals((await server.process.outcome()).code, 0);
      assertFast(performance.now() - start, 1000, "the end");
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
);

for (const way of CONCURRENT_WAYS) {
  Deno.test(`--serve=${way}: --timeout does not count the time to compute an answer`, async () => {
    await using server = await serve(way, "--threads=1", "--timeout=1");
    let clients = 10;
    // More and more clients wait for each other, until one waits longer than the timeout.
    await eventually(async () => {
      clients *= 2;
      const waits = await Promise.all(Array.from({ length: clients }, async () => {
        using socket = await Socket.connect(server.port);
        const start = performance.now();
        // Without a newline, the server reads while it evaluates. All of it fits in one segment.
        await exchange(socket, "pow(3, 2**2047-1, 2**2048-1) % 1000", "132");
        return performance.now() - start;
      }));
      return Math.max(...waits) > 2000;
    }, () => `an answer that takes two seconds among ${clients} clients`);
  });
}

unixTest(
  "the server stops reading from a client that never reads, and serves others",
  async () => {
    await using server = await serve("select");
    using greedy = await Socket.connect(server.port);
    const piece = ascii("2**14000\n".repeat(10_000));
    let sent = 0;
    const sending = (async () => {
      for (let i = 0; i < 500; i++) {
        await greedy.send(piece);
        sent += piece.length;
      }
    })().catch(() => {});
    using calm = await Socket.connect(server.port);
    let before = -1;
    await eventually(async () => {
      const stalled = sent === before;
      before = sent;
      for (let i = 0; i < 20; i++) await exchange(calm, "1+1\n", "2\n");
      await new Promise((resolve) => setTimeout(resolve, 500));
      return stalled;
    }, () => "sending to stall");
    assert(sent < 500 * piece.length, "everything was read");
    const memory = await peakMemory(server.process.pid);
    assert(memory < 150_000_000, `${memory} bytes`);
    // Only the end of the server ends a pending write for certain.
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
    await sending;
  },
);

unixTest("a client that sends no newline gets each answer with one recv", async () => {
  await using server = await serve("select");
  await using client = startCommand([
    "python3",
    "-c",
    "import socket, sys\n" +
    "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n" +
    "for e in ['1+1', '2**0.5', 'foo', '1/0', '10//3']:\n" +
    "    s.send(e.encode()); print(s.recv(1024).decode())",
    `${server.port}`,
  ]);
  const { stdout, stderr } = await client.outcome();
  assertEquals(stdout, `2\n1.4142135623730951\n${INVALID}\n${INVALID}\n3\n`, stderr);
});

function ask({ port }: { readonly port: number }): Running {
  return start("accio calculator-client", ["127.0.0.1", port], { stdin: "piped" });
}

Deno.test("calculator-client prints an answer for each line, even without a newline at the end", async () => {
  await using server = await serve("threads");
  const cases = [
    ["", ""],
    ["1+1\n2**100\n\n7/2", `2\n${2n ** 100n}\n${INVALID}\n3.5\n`],
    ["1\r\n2\n", "1\n2\n"],
    [`${"1".repeat(200_000)}\n5\n`, `${INVALID}\n5\n`],
  ] as const;
  for (const [input, stdout] of cases) {
    await using client = ask(server);
    await client.input(ascii(input));
    assertEquals(await client.outcome(), { code: 0, stdout, stderr: "" });
  }
});

/** Runs calculator-client against a server that the test plays itself. */
async function play<T>(act: (client: Running, server: Socket) => Promise<T>): Promise<T> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = ask(listener.addr);
  using server = new Socket(await within(PATIENCE, listener.accept(), () => "the client"));
  return await act(client, server);
}

Deno.test("calculator-client prints the answers of a server that sends no newlines", () =>
  play(async (client, server) => {
    for (const [question, answer] of [["1+1\n", "2"], ["foo\n", INVALID]] as const) {
      await client.type(ascii(question));
      assertEquals(await server.read(question.length), ascii(question));
      await server.send(ascii(answer));
      await client.stdout.until(new RegExp(`^${answer}$`, "m"));
    }
    await client.input(new Uint8Array(0));
    assertEquals(await client.outcome(), { code: 0, stdout: `2\n${INVALID}\n`, stderr: "" });
  }));

const LONGEST = "1".repeat(65_536);
const TOO_LONG = "ERROR: the server's answer has more than 65536 characters\n";
const CLOSED = "ERROR: the server closed the connection before its answer\n";

/** What calculator-client prints on stdout or stderr if the server sends an answer and closes. */
const PLAYED: readonly [rule: string, answer: string, stdout: string, stderr: string][] = [
  ["fails if the server closes before the end of its answer", "2", "", CLOSED],
  ["accepts an answer of 65,536 characters", `${LONGEST}\n`, `${LONGEST}\n`, ""],
  ["refuses an answer of 65,537 characters", `${LONGEST}1\n`, "", TOO_LONG],
  ["refuses an answer of 20 MB without an end", "1".repeat(20_000_000), "", TOO_LONG],
  [
    "prints the control characters of an answer in hexadecimal",
    "\x1b]0;title\x07\x1b[2J\r\x7f\u009b1m\u202eé\r\n",
    "\\x1b]0;title\\x07\\x1b[2J\\x0d\\x7f\\x9b1m\\u202eé\n",
    "",
  ],
];

for (const [rule, answer, stdout, stderr] of PLAYED) {
  Deno.test(`calculator-client ${rule}`, () =>
    play(async (client, server) => {
      await client.input(ascii("1\n"));
      await server.read(2);
      // A client that refuses the answer closes before it has read all of it.
      const sent = server.send(new TextEncoder().encode(answer)).then(() => server.finish());
      await sent.catch(() => {});
      assertEquals(await client.outcome(), { code: stderr === "" ? 0 : 1, stdout, stderr });
    }));
}

unixTest("calculator-client fails after 2 seconds if the server does not accept", async () => {
  await using full = startCommand(["python3", "tests/clients/full_backlog.py"], {
    stdin: "piped",
  });
  const [, port = ""] = await full.stdout.until(/^(\d+)\n/);
  await using client = start("accio calculator-client", ["127.0.0.1", port]);
  const { code, stderr } = await client.outcome();
  assertMatch(stderr, /^ERROR: .* did not answer within 2 seconds\n$/);
  assertEquals(code, 1);
  await full.input(new Uint8Array(0));
});

for (const [key, byte] of [["Ctrl-D", "\x04"], ["Ctrl-C", "\x03"]] as const) {
  unixTest(`calculator-client prompts on a terminal, and ${key} ends it`, async () => {
    await using server = await serve("select");
    await using terminal = startCommand([
      "python3",
      "tests/clients/on_terminal.py",
      ...commandLine("accio calculator-client"),
      ...["127.0.0.1", `${server.port}`],
    ], { stdin: "piped" });
    await terminal.stdout.until(/^> $/);
    await terminal.type(ascii("6*7\n"));
    await terminal.stdout.until(/^> 6\*7\r\n42\r\n> $/);
    await terminal.type(ascii(byte));
    assertEquals((await terminal.outcome()).code, 0);
  });
}
