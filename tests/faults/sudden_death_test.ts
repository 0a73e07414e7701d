import { assert, assertEquals } from "@std/assert";
import { ascii, exists, hash, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { amount, faultTest, seeded, tell } from "../support/faults.ts";
import { LoopDisk } from "../support/loop_disk.ts";
import { type Server, start, startServer } from "../support/program.ts";
import type { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { greeted, upload } from "../support/upload.ts";

const ROUNDS = amount(100, 3);
const TRANSFERS = 10;
const PIECE = 64 * 1024;

/** The last ones are larger than what the system and the server hold on the way to the disk. */
const FILES = Array.from({ length: TRANSFERS }, (_, i) => randomBytes(700_000 * (i + 1), i + 1));
const HASHES = FILES.map(hash);
const TOTAL = FILES.reduce((sum, { length }) => sum + length, 0);
const lacks = await LoopDisk.lacks();

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

/** When the server is killed: as soon as so many bytes were sent, and so many clients are done. */
interface Moment {
  readonly sent: number;
  readonly done: number;
}

/**
 * Sends all files at once, and kills the server meanwhile. Returns the numbers of those
 * whose client had seen the connection close before.
 */
async function killAt(moment: Moment, server: Server): Promise<ReadonlySet<number>> {
  const sockets: Socket[] = [];
  for (const _ of FILES) sockets.push(await greeted(server.port));
  const done = new Set<number>();
  let isKilled = false;
  let sent = 0;
  const killIfDue = () => {
    if (isKilled || sent < moment.sent || done.size < moment.done) return;
    isKilled = true;
    server.process.signal("SIGKILL");
  };
  await Promise.all(sockets.map(async (socket, i) => {
    const file = FILES[i] ?? new Uint8Array();
    try {
      for (let at = 0; at < file.length; at += PIECE) {
        const piece = file.subarray(at, at + PIECE);
        await socket.send(piece);
        sent += piece.length;
        killIfDue();
      }
      await socket.finish();
      await socket.readToEnd();
      if (!isKilled) done.add(i + 1);
      killIfDue();
    } catch {
      // The server is gone.
    } finally {
      socket.close();
    }
  }));
  await server.process.outcome();
  return done;
}

for (const options of [[], ["--atomic"], ["--atomic", "--fsync"]]) {
  const isAtomic = options.includes("--atomic");
  const name = ["kill -9 in the middle of ten transfers", ...options].join(" ");
  const promise = isAtomic ? "what has a name is whole" : "a part of a file remains at most";
  faultTest(`${name}: ${promise}, and the next start is clean`, async () => {
    const random = seeded();
    let whole = 0;
    let parts = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await using dir = new TempDir();
      await dir.write("notes.part", ascii("not ours"));
      await using server = await serve(dir.path, ...options);
      const done = await killAt({
        sent: random.between(1, TOTAL),
        done: Math.floor(TRANSFERS * (round + random.between(0, 1)) / ROUNDS),
      }, server);
      await using next = await serve(dir.path, ...options);
      for (const [i, sent] of FILES.entries()) {
        const path = dir.file(`${i + 1}.file`);
        const saved = exists(path) ? await Deno.readFile(path) : undefined;
        const isWhole = saved !== undefined && hash(saved) === HASHES[i];
        assert(isWhole || !done.has(i + 1), `${i + 1}.file had been saved`);
        whole += Number(isWhole);
        if (isWhole || saved === undefined) continue;
        parts++;
        assert(!isAtomic, `${i + 1}.file has ${saved.length} of ${sent.length} bytes`);
        assertEquals(hash(saved), hash(sent.subarray(0, saved.length)));
      }
      const others = dir.names().filter((name) => !/^\d+\.file$/.test(name));
      assertEquals(others, ["notes.part"]);
      await upload(next.port, ascii("newer"));
      assertEquals(await Deno.readTextFile(dir.file("1.file")), "newer");
    }
    assert(whole > 0, "no transfer ended before the server did");
    tell({
      name,
      done: `${ROUNDS} times`,
      lost: 0,
      figures: `${whole} files whole, ${parts} in part, the others not there`,
    });
  });
}

faultTest(
  "a second server on the same port removes nothing of the first one",
  async () => {
    await using dir = new TempDir();
    await using server = await serve(dir.path, "--atomic");
    using socket = await greeted(server.port);
    const file = randomBytes(LARGEST_BLOCK + 1);
    await socket.send(file);
    await eventually(() => exists(dir.file(".1.file.part")), () => `${dir.names()}`);
    await using second = start("accio-server", [server.port, dir.path, "--atomic"]);
    assertEquals((await second.outcome()).code, 1);
    await socket.finish();
    await socket.readToEnd();
    assertEquals(await Deno.readFile(dir.file("1.file")), file);
  },
);

for (const options of [["--fsync"], ["--atomic", "--fsync"]]) {
  const name = ["a loss of power", ...options].join(" ");
  faultTest(`${name}: a file survives if its client has seen the connection close`, async () => {
    await using disk = await LoopDisk.create();
    await using server = await serve(`${disk.path}/new/save`, ...options);
    await Promise.all(FILES.map((bytes) => upload(server.port, bytes)));
    await using found = await disk.afterPowerLoss();
    const saved = await Promise.all(
      FILES.map((_, i) => Deno.readFile(`${found.path}/new/save/${i + 1}.file`)),
    );
    assertEquals(saved.map(hash).sort(), HASHES.toSorted());
    tell({ name, done: `${TRANSFERS} files`, lost: 0, figures: "every file whole" });
  }, { lacks });
}
