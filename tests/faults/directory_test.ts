/** What others do to DIR while a server saves files in it. */

import { assert, assertEquals } from "@std/assert";
import { hash, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { amount, faultTest, tell } from "../support/faults.ts";
import { freePort, run, startServer } from "../support/program.ts";
import { eventually } from "../support/time.ts";
import { finish, greeted, upload } from "../support/upload.ts";

const UPLOADS = amount(10_000, 300);
const SERVERS = amount(30, 2);
const REPLACED = amount(1000, 20);
/** A transfer stands still during refusals, which take two seconds each. */
const LONG = "--timeout=1000";
/** Uploads that are sent at the same time. */
const SENDERS = 8;

/** Runs `count` numbered jobs, a few at a time. */
async function many(count: number, job: (number: number) => Promise<void>): Promise<void> {
  let next = 1;
  const worker = async () => {
    while (next <= count) await job(next++);
  };
  await Promise.all(Array.from({ length: SENDERS }, worker));
}

/** The numbers of the connections that stderr reports as served. */
function served(stderr: string): string[] {
  return Array.from(stderr.matchAll(/^(\d+) \S+: \d+ bytes?$/gm), ([, number = ""]) => number);
}

faultTest("DIR swapped for a link all the time: not a byte is saved elsewhere", async () => {
  await using dir = new TempDir();
  const [save, moved, elsewhere] = ["save", "moved", "elsewhere"].map((name) => dir.file(name));
  assert(save !== undefined && moved !== undefined && elsewhere !== undefined);
  await Deno.mkdir(elsewhere);
  await Deno.chmod(dir.path, 0o777); // Other users can swap it, so the server is on its guard.
  await using server = await startServer("accio-server", (port) => [port, save]);
  let isOver = false;
  let swaps = 0;
  const swapping = (async () => {
    while (!isOver) {
      await Deno.rename(save, moved);
      await Deno.symlink(elsewhere, save);
      await Deno.remove(save);
      await Deno.rename(moved, save);
      swaps++;
    }
  })();
  const bytes = randomBytes(2000);
  await many(UPLOADS, () => upload(server.port, bytes));
  isOver = true;
  await swapping;
  let strays = 0;
  for await (const { name } of Deno.readDir(elsewhere)) {
    assertEquals((await Deno.stat(`${elsewhere}/${name}`)).size, 0, name);
    strays++;
  }
  for (let i = 1; i <= UPLOADS; i++) {
    assertEquals(hash(await Deno.readFile(`${save}/${i}.file`)), hash(bytes));
  }
  assertEquals(served(server.process.stderr.text).length, UPLOADS);
  tell({
    name: "DIR swapped for a symbolic link and back, all the time",
    done: `${UPLOADS.toLocaleString("en")} uploads`,
    lost: 0,
    figures: `not a byte elsewhere, ${strays} empty files; ${swaps.toLocaleString("en")} swaps`,
  });
});

faultTest(
  "further servers for the same DIR are refused, and do not harm the first one",
  async () => {
    await using dir = new TempDir();
    await using server = await startServer(
      "accio-server",
      (port) => [port, dir.path, "--atomic", LONG],
    );
    const bytes = randomBytes(LARGEST_BLOCK + 1);
    const halves = await Promise.all(Array.from({ length: 10 }, () => greeted(server.port)));
    for (const socket of halves) await socket.send(bytes.subarray(0, LARGEST_BLOCK));
    await eventually(() => dir.names().length === 10, () => `${dir.names()}`);
    for (let i = 0; i < SERVERS; i++) {
      const { code } = await run("accio-server", [freePort(), dir.path, "--atomic"]);
      assertEquals(code, 1);
    }
    for (const socket of halves) {
      await socket.send(bytes.subarray(LARGEST_BLOCK));
      await finish(socket);
      socket.close();
    }
    for (let i = 1; i <= 10; i++) {
      assertEquals(hash(await Deno.readFile(dir.file(`${i}.file`))), hash(bytes));
    }
    tell({
      name: "more servers started for the same DIR during ten transfers",
      done: `${SERVERS} servers`,
      lost: 0,
      figures: "each is refused; every file whole",
    });
  },
);

faultTest("a file that is removed or replaced meanwhile is never reported as served", async () => {
  await using dir = new TempDir();
  await using server = await startServer("accio-server", (port) => [port, dir.path]);
  const bytes = randomBytes(LARGEST_BLOCK + 1);
  await many(REPLACED, async (number) => {
    using socket = await greeted(server.port);
    await socket.send(bytes.subarray(0, LARGEST_BLOCK));
    // Another upload may have this number; each file is touched once.
    const path = dir.file(`${number}.file`);
    await eventually(() => Deno.stat(path).then(() => true, () => false), () => path);
    if (number % 2 === 0) await Deno.remove(path);
    else {
      await Deno.writeTextFile(`${path}.new`, "another");
      await Deno.rename(`${path}.new`, path);
    }
    await socket.send(bytes.subarray(LARGEST_BLOCK));
    await finish(socket);
  });
  server.process.signal("SIGTERM");
  const { stderr } = await server.process.outcome();
  for (const number of served(stderr)) {
    assertEquals(hash(await Deno.readFile(dir.file(`${number}.file`))), hash(bytes), number);
  }
  tell({
    name: "files removed or replaced while they are received",
    done: REPLACED.toLocaleString("en"),
    lost: 0,
    figures: `reported as errors, ERROR under the name; ${
      served(stderr).length
    } reported as served`,
  });
});
