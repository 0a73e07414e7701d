import { assertEquals, assertMatch } from "@std/assert";
import { ascii, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import {
  commandLine,
  freePort,
  type Running,
  startCommand,
  startServer,
} from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { greeted, upload } from "../support/upload.ts";

/** The lines of a log as objects; each must have a time, which is left out. */
function events(log: string): unknown[] {
  return log.split("\n").slice(0, -1).map((line) => {
    const { time, ...event } = JSON.parse(line);
    assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return event;
  });
}

Deno.test("--log=json: one object for each event of accio-server", async () => {
  await using dir = new TempDir();
  await using server = await startServer(
    "accio-server",
    (port) => [port, dir.path, "--log=json", "--timeout=0.5"],
  );
  await upload(server.port, ascii("hello"));
  using silent = await greeted(server.port);
  await silent.readToEnd();
  server.process.signal("SIGTERM");
  const { code, stdout, stderr } = await server.process.outcome();
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
  const [listening, served, error] = events(stderr.replace(/127\.0\.0\.1:\d+/g, "CLIENT"));
  assertEquals(listening, { event: "listening", address: `0.0.0.0:${server.port}` });
  assertEquals(served, { event: "served", number: 1, client: "CLIENT", bytes: 5 });
  assertEquals(error, {
    event: "error",
    number: 2,
    client: "CLIENT",
    reason: "the other side was silent for 0.5 seconds",
  });
});

Deno.test("--log=json: one object for each client of calculator-server", async () => {
  await using server = await startServer(
    "accio calculator-server",
    (port) => ["127.0.0.1", port, "--log=json", "--allow=127.0.0.1"],
  );
  using client = await Socket.connect(server.port);
  await client.send(ascii("1+1\n2+2\n"));
  await client.finish();
  await client.readToEnd();
  await server.process.stderr.until(/"served"/);
  server.process.signal("SIGTERM");
  const { stderr } = await server.process.outcome();
  const [, served] = events(stderr.replace(/127\.0\.0\.1:\d+/g, "CLIENT"));
  assertEquals(served, { event: "served", number: 1, client: "CLIENT", requests: 2 });
});

/** accio-server on a terminal; what that shows is the stdout. */
function onTerminal(port: number, ...args: readonly string[]): Running {
  const path = "tests/clients/on_terminal.py";
  return startCommand(["python3", path, ...commandLine("accio-server"), `${port}`, ...args]);
}

unixTest("on a terminal, accio-server shows its current state on one line", async () => {
  await using dir = new TempDir();
  const port = freePort();
  await using terminal = onTerminal(port, dir.path);
  const { stdout } = terminal;
  await stdout.until(/listening on .*\r\n/);
  await stdout.until(/\[2K0 receiving, 0 done, 0 errors, 0 B\/s$/);
  using socket = await greeted(port);
  await upload(port, ascii("hello"));
  await stdout.until(/\[2K2 \S+: 5 bytes\r\n/);
  await stdout.until(/\[2K1 receiving, 1 done, 0 errors, \d+ B\/s$/);
  socket.close();
});

unixTest("on a terminal, --log=json writes no status line", async () => {
  await using dir = new TempDir();
  const port = freePort();
  await using terminal = onTerminal(port, dir.path, "--log=json");
  await terminal.stdout.until(/"listening"/);
  await upload(port, ascii("hello"));
  const [shown] = await terminal.stdout.until(/^[^]*"bytes":5\}\r\n/);
  assertEquals(shown.includes("\x1b"), false);
});
