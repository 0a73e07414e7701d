import { assertEquals } from "@std/assert";
import { hash, hashFile, randomBytes, TempDir } from "../support/data.ts";
import {
  amount,
  faultTest,
  pick,
  SEED,
  seeded,
  serveMany,
  startClient,
  tell,
} from "../support/faults.ts";
import { MemoryDisk } from "../support/memory_disk.ts";
import { startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { assertFast } from "../support/time.ts";

const MOMENTS = amount(1_000, 5);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const;
const SENDERS = 8;
/** What is sent: from what fits into a segment to what takes a while. */
const CONTENTS = [1, 1_000, 70_000, 300_000, 3_000_000].map((size) => randomBytes(size));
const WHOLE = new Map(CONTENTS.map((content) => [content.length, hash(content)]));

/** Sends one upload after another until the server is gone. */
async function send(port: number, next: () => Uint8Array): Promise<void> {
  for (;;) {
    try {
      using socket = await Socket.connect(port);
      await socket.send(next());
      await socket.finish();
      await socket.readToEnd();
    } catch {
      return;
    }
  }
}

faultTest(
  `a signal at ${MOMENTS} random moments of a busy run: exit 0 within a second, and every file whole or ERROR`,
  async () => {
    const random = seeded();
    const times: number[] = [];
    let [whole, errors] = [0, 0];
    for (let moment = 1; moment <= MOMENTS; moment++) {
      await using dir = new TempDir();
      await using server = await startServer("accio-server", (port) => [port, dir.path]);
      const senders = Array.from(
        { length: SENDERS },
        () => send(server.port, () => pick(random, CONTENTS)),
      );
      // Any moment will do: none is waited for.
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 150)));
      const signalled = performance.now();
      server.process.signal(pick(random, SIGNALS));
      const { code, stderr } = await server.process.outcome();
      times.push(performance.now() - signalled);
      assertEquals(code, 0, `moment ${moment} of seed ${SEED}: ${stderr}`);
      await Promise.all(senders);
      const told = [...stderr.matchAll(/^(\d+) \S+: (?:(\d+) bytes?|error: .*)$/gm)];
      assertEquals(told.length, dir.names().length, "a line for each file");
      for (const [line, number, size] of told) {
        const path = dir.file(`${number}.file`);
        if (size === undefined) assertEquals(await Deno.readTextFile(path), "ERROR", line);
        else assertEquals(await hashFile(path), WHOLE.get(Number(size)), line);
        size === undefined ? errors++ : whole++;
      }
    }
    const longest = Math.max(...times);
    assertFast(longest, 1000, "the longest end");
    tell({
      name: "a signal at a random moment of a busy run",
      done: MOMENTS.toLocaleString("en"),
      lost: 0,
      figures:
        `exit 0 after ${longest.toFixed(0)} ms at most; ${whole.toLocaleString("en")} files ` +
        `whole, ${errors.toLocaleString("en")} ERROR; seed ${SEED}`,
    });
  },
);

const SILENT = amount(5_000, 500);

faultTest(
  `a signal while ${SILENT} clients are silent: exit 0 within a second, every file is ERROR`,
  async () => {
    // How long a disk takes to make so many files is not the server's matter.
    await using disk = await MemoryDisk.create("size=100m");
    const { path } = disk;
    await using server = await serveMany("accio-server", (port) => [port, path, "--timeout=60"]);
    await using clients = startClient("crowd.py", server.port, `--clients=${SILENT}`);
    await clients.stdout.until(/^connected$/m);
    const signalled = performance.now();
    server.process.signal("SIGTERM");
    const { code, stderr } = await server.process.outcome();
    const took = performance.now() - signalled;
    assertEquals(code, 0, stderr.slice(-500));
    assertFast(took, 1000, "the end");
    for (let number = 1; number <= SILENT; number++) {
      assertEquals(await Deno.readTextFile(disk.file(`${number}.file`)), "ERROR");
    }
    tell({
      name: "a signal while all clients are silent",
      done: SILENT.toLocaleString("en"),
      lost: 0,
      figures: `exit 0 after ${took.toFixed(0)} ms, every file is ERROR`,
    });
  },
  { lacks: await MemoryDisk.lacks() },
);
