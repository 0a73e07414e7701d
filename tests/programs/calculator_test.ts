import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ascii } from "../support/data.ts";
import {
  bestOf,
  CONCURRENT_WAYS,
  evaluationThreads,
  exchange,
  serve,
  text,
  WAYS,
} from "../support/calculator.ts";
import { filled, HOSTILE } from "../support/heavy.ts";
import { peakMemory, unixTest } from "../support/platform.ts";
import {
  commandLine,
  type Outcome,
  type Running,
  type Server,
  start,
  startCommand,
} from "../support/program.ts";
import { connectSoon, Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

const INVALID = "INVALID STATEMENT";

for (const way of WAYS) {
  Deno.test(`--serve=${way}: an answer ends as its request does, with a newline or without`, async () => {
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

  Deno.test(`--serve=${way}: a client that closes or resets costs the next one nothing`, async () => {
    await using server = await serve(way);
    for (let i = 0; i < 3; i++) {
      const socket = await connectSoon(server.port);
      await exchange(socket, "1+1\n", "2\n");
      await socket.send(ascii("1+1\n".repeat(1000))); // The answers are never read: a reset.
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
      const best = await bestOf(3, 1000, async () => {
        const start = performance.now();
        await socket.send(request);
        assertEquals(text(await socket.read(INVALID.length)), INVALID, what);
        const took = performance.now() - start;
        await settle(socket);
        return took;
      });
      assert(best < 1000, `${what}: ${best} ms`);
    }
  });

  Deno.test(`--serve=${way} --timeout: a client that is silent after an answer is closed`, async () => {
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
        const took = performance.now() - start;
        assertEquals({ code, stdout }, { code: 0, stdout: "" });
        assert(took < 1000, `${took} ms`);
      },
    );
  }
}

/** Reads on to the answer to a request of its own: a long one that came with pauses has several. */
async function settle(socket: Socket): Promise<void> {
  await socket.send(ascii("\n4*1000003\n"));
  let seen = "";
  while (!seen.endsWith("\n4000012\n")) seen += text(await socket.read(1));
}

Deno.test("--serve=one: others are refused while a client is served; when it has left, the next is served within 100 ms", async () => {
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
  assert((times[2] ?? Infinity) < 100, `${times} ms`);
});

for (const way of CONCURRENT_WAYS) {
  Deno.test(`--serve=${way}: a line that never ends is refused once`, async () => {
    await using server = await serve(way);
    using endless = await Socket.connect(server.port);
    const piece = new Uint8Array(1_000_000).fill(0x31);
    for (let i = 0; i < 20; i++) await endless.send(piece);
    await endless.send(ascii("\n1+1\n"));
    await endless.finish();
    // Where the line came with pauses, each part is a request.
    assertMatch(text(await endless.readToEnd()), /^(INVALID STATEMENT)+\n2\n$/);
  });
}

const CLIENTS = [["threads", 100], ["select", 1000]] as const;
for (const [way, count] of CLIENTS) {
  unixTest(
    `--serve=${way}: ${count} clients at once are answered, and end with the server within a second`,
    async () => {
      const best = await bestOf(3, 1000, () => answerAndEnd(way, count));
      assert(best < 1000, `${best} ms`);
    },
  );
}

/**
 * Has so many clients answered at once, ends the server, and returns the time (ms) that
 * its end takes. The system alone needs 0.2 s of a core to free the memory of 100 threads.
 */
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
  name: "--threads=2: 100 clients are answered by two threads, also those that wait",
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
    const best = await bestOf(3, 1000, async () => {
      await using server = await serve("threads", "--threads=1");
      const sockets: Socket[] = [];
      try {
        for (let i = 0; i < 100; i++) sockets.push(await Socket.connect(server.port));
        await Promise.all(sockets.map((socket) => socket.send(ascii(`${filled("1+")}\n`))));
        assertEquals(text(await Promise.any(sockets.map((socket) => socket.read(6)))), "32768\n");
        const start = performance.now();
        server.process.signal("SIGTERM");
        assertEquals((await server.process.outcome()).code, 0);
        return performance.now() - start;
      } finally {
        for (const socket of sockets) socket.close();
      }
    });
    assert(best < 1000, `${best} ms`);
  },
);

for (const way of CONCURRENT_WAYS) {
  Deno.test(`--serve=${way}: --timeout does not count the time that an answer takes`, async () => {
    await using server = await serve(way, "--threads=1", "--timeout=1");
    const start = performance.now();
    // Rounds of requests that wait for each other, until a wait was longer than the timeout.
    for (let clients = 20;; clients *= 2) {
      const waits = await Promise.all(Array.from({ length: clients }, async () => {
        using socket = await Socket.connect(server.port);
        const start = performance.now();
        // Without a newline, the server reads on while it evaluates. One segment has it all.
        await exchange(socket, "pow(3, 2**2047-1, 2**2048-1) % 1000", "132");
        return performance.now() - start;
      }));
      if (Math.max(...waits) > 2000) break;
      assert(
        performance.now() - start < 60_000,
        `${clients} clients waited ${Math.max(...waits)} ms`,
      );
    }
  });
}

unixTest(
  "a client that sends and never reads is not read from either, and others are served",
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
    }, () => "the end of sending");
    assert(sent < 500 * piece.length, "everything was read");
    const memory = await peakMemory(server.process.pid);
    assert(memory < 150_000_000, `${memory} bytes`);
    // The server's end is what ends the sending; a write of ours may outlive our own close().
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
    await sending;
  },
);

unixTest("a client works that sends no newline and waits for one recv", async () => {
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

function ask(server: Server): Running {
  return start("accio calculator-client", ["127.0.0.1", server.port], { stdin: "piped" });
}

Deno.test("calculator-client prints an answer for each line, also for one that nothing ends", async () => {
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

Deno.test("calculator-client prints the answers of a server that sends no newlines", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = start("accio calculator-client", ["127.0.0.1", listener.addr.port], {
    stdin: "piped",
  });
  using server = new Socket(await listener.accept());
  for (const [question, answer] of [["1+1\n", "2"], ["foo\n", INVALID]] as const) {
    await client.type(ascii(question));
    assertEquals(await server.read(question.length), ascii(question));
    await server.send(ascii(answer));
    await client.stdout.until(new RegExp(`^${answer}$`, "m"));
  }
  await client.input(new Uint8Array(0));
  const { code, stdout, stderr } = await client.outcome();
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: `2\n${INVALID}\n`, stderr: "" });
});

Deno.test("calculator-client fails when the server closes before its answer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = start("accio calculator-client", ["127.0.0.1", listener.addr.port], {
    stdin: "piped",
  });
  using server = new Socket(await listener.accept());
  await client.type(ascii("1+1\n"));
  await server.read(4);
  await server.send(ascii("2"));
  await server.finish();
  const { code, stdout, stderr } = await client.outcome();
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^ERROR: the server closed the connection before its answer\n$/);
});

/** What calculator-client does with a server's answer to its one line. */
async function answered(answer: Uint8Array): Promise<Outcome> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = start("accio calculator-client", ["127.0.0.1", listener.addr.port], {
    stdin: "piped",
  });
  using server = new Socket(await listener.accept());
  await client.input(ascii("1\n"));
  await server.read(2);
  // Where the client does not take all of it, that is what it should do.
  await server.send(answer).catch(() => {});
  return await client.outcome();
}

Deno.test("calculator-client shows control characters of an answer, and obeys none", async () => {
  const answer = new TextEncoder().encode("\x1b]0;title\x07\x1b[2J\r\x7f\u009b1m\u202eé\r\n");
  assertEquals(await answered(answer), {
    code: 0,
    stdout: "\\x1b]0;title\\x07\\x1b[2J\\x0d\\x7f\\x9b1m\\u202eé\n",
    stderr: "",
  });
});

Deno.test("calculator-client takes an answer of 65,536 characters, and none that is longer", async () => {
  const longest = "1".repeat(65_536);
  assertEquals((await answered(ascii(`${longest}\n`))).stdout, `${longest}\n`);
  for (const answer of [`${longest}1\n`, "1".repeat(20_000_000)]) {
    assertEquals(await answered(ascii(answer)), {
      code: 1,
      stdout: "",
      stderr: "ERROR: the server's answer has more than 65536 characters\n",
    });
  }
});

unixTest("calculator-client fails within 2 seconds where nobody accepts", async () => {
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
