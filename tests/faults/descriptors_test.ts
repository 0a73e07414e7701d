import { assert, assertEquals } from "@std/assert";
import { must } from "../support/command.ts";
import { hash, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { faultTest, tell } from "../support/faults.ts";
import { type ProgramName, type Server, startServer } from "../support/program.ts";
import type { Socket } from "../support/socket.ts";
import { assertFast, eventually } from "../support/time.ts";
import { finish, greeted, upload } from "../support/upload.ts";

const DESCRIPTORS = 64;
const CLIENTS = 500;
const SIZE = LARGEST_BLOCK + 1;

/** Starts a server that may have few descriptors. */
function serve(name: ProgramName, ...operands: readonly string[]): Promise<Server> {
  // On a busy machine, these many clients take longer than 10 s to send.
  return startServer(name, (port) => [port, ...operands, "--timeout=100"], {
    shell: `ulimit -n ${DESCRIPTORS}; exec "$@"`,
  });
}

function pausesReported({ process }: Server): number {
  return process.stderr.text.match(/^accepting pauses: Too many open files$/gm)?.length ?? 0;
}

/** Asserts that pauses are reported at most once a minute since `start`. */
function assertFewReports(server: Server, start: number): void {
  const minutes = Math.floor((performance.now() - start) / 60_000);
  const reported = pausesReported(server);
  assert(reported >= 1 && reported <= 1 + minutes, server.process.stderr.text);
}

/** For how long a process has had a processor so far, in seconds. */
async function processorTime(pid: number): Promise<number> {
  const [, fields = ""] = (await must("cat", `/proc/${pid}/stat`)).split(") ");
  const [, , , , , , , , , , , user, system] = fields.split(" ");
  return (Number(user) + Number(system)) / 100;
}

faultTest(
  `${CLIENTS} clients of a server with ${DESCRIPTORS} descriptors: every file arrives`,
  async () => {
    const start = performance.now();
    await using dir = new TempDir();
    await using server = await serve("accio-server", dir.path);
    const files = Array.from({ length: CLIENTS }, (_, i) => randomBytes(20_000, i + 1));
    await Promise.all(files.map((bytes) => upload(server.port, bytes)));
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
    const saved = await Promise.all(
      files.map((_, i) => Deno.readFile(dir.file(`${i + 1}.file`))),
    );
    assertEquals(saved.map(hash).sort(), files.map(hash).sort());
    assertFewReports(server, start);
    tell({
      name: `a server with ${DESCRIPTORS} descriptors`,
      done: `${CLIENTS} clients at once`,
      lost: 0,
      figures: "every file whole, one line on stderr",
    });
  },
);

faultTest(
  `accio-server-s with ${DESCRIPTORS} descriptors counts for ${CLIENTS} clients`,
  async () => {
    await using server = await serve("accio-server-s");
    const sizes = Array.from({ length: CLIENTS }, (_, i) => i);
    await Promise.all(sizes.map((size) => upload(server.port, new Uint8Array(size))));
    const counted = server.process.stdout.text.trimEnd().split("\n").map(Number);
    assertEquals(counted.sort((a, b) => a - b), sizes);
  },
);

faultTest("files wait for a descriptor without a busy loop, and are then saved", async () => {
  const start = performance.now();
  await using dir = new TempDir();
  await using server = await serve("accio-server", dir.path);
  const opening = Array.from({ length: CLIENTS }, () => greeted(server.port));
  await eventually(() => pausesReported(server) > 0, () => "the pause");
  let accepted: Socket[] = [];
  for (const each of opening) each.then((socket) => accepted.push(socket), () => {});
  await eventually(() => accepted.length > 20, () => `${accepted.length} connections`);
  // All of them want to open a file now, and there is one descriptor for that.
  const waiting = accepted;
  accepted = [];
  for (const socket of waiting) await socket.send(new Uint8Array(SIZE));
  await eventually(() => dir.names().length >= 1, () => "the first file");
  const before = await processorTime(server.process.pid);
  const seconds = 2;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000)); // It is watched for so long.
  const share = (await processorTime(server.process.pid) - before) / seconds;
  assert(share < 0.25, `it is busy for ${share} of the time`);
  // These end, and with them those that come after.
  await Promise.all(opening.map(async (each) => {
    const socket = await each;
    if (!waiting.includes(socket)) await socket.send(new Uint8Array(SIZE));
    await finish(socket);
    socket.close();
  }));
  assertEquals(dir.names().length, CLIENTS);
  for (const name of dir.names()) {
    assertEquals((await Deno.stat(dir.file(name))).size, SIZE, name);
  }
  assertFewReports(server, start);
  tell({
    name: "files to be opened without a free descriptor",
    done: `${CLIENTS} clients`,
    lost: 0,
    figures: `every file whole; busy for ${(share * 100).toFixed(0)} % of the time meanwhile`,
  });
});

faultTest(
  "a signal where descriptors have run out: exit status 0, and every file is ERROR",
  async () => {
    await using dir = new TempDir();
    await using server = await serve("accio-server", dir.path);
    const opening = Array.from({ length: CLIENTS }, () => greeted(server.port));
    const accepted: Socket[] = [];
    const settled = Promise.all(opening.map((each) =>
      each.then(async (socket) => {
        accepted.push(socket);
        await socket.send(new Uint8Array(SIZE)).catch(() => {});
      }, () => {})
    ));
    await eventually(() => pausesReported(server) > 0 && accepted.length > 20, () => "the pause");
    const start = performance.now();
    server.process.signal("SIGTERM");
    assertEquals((await server.process.outcome()).code, 0);
    const took = performance.now() - start;
    assertFast(took, 1000);
    await settled;
    for (const socket of accepted) socket.close();
    assert(dir.names().length >= accepted.length);
    for (const name of dir.names()) assertEquals(await Deno.readTextFile(dir.file(name)), "ERROR");
  },
);
