import { assert, assertEquals, assertRejects } from "@std/assert";
import { BlockReader } from "../../lib/net/block_reader.ts";
import { Blocks } from "../../lib/net/blocks.ts";
import { Connection } from "../../lib/net/connection.ts";
import { IdleWatch } from "../../lib/net/idle.ts";
import { ascii, concat, hash, randomBytes } from "../support/data.ts";
import { Socket } from "../support/socket.ts";
import { assertFast } from "../support/time.ts";

/** Both ends of a connection, and a reader for one. */
interface Scene extends Disposable {
  readonly socket: Socket;
  readonly connection: Connection;
  readonly reader: BlockReader;
}

async function scene(blocks: Blocks): Promise<Scene> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const socket = await Socket.connect(listener.addr.port);
  const connection = new Connection(await listener.accept(), new IdleWatch(Infinity));
  const reader = new BlockReader(connection, blocks);
  return {
    socket,
    connection,
    reader,
    [Symbol.dispose]() {
      reader[Symbol.dispose]();
      connection.close();
      socket.close();
    },
  };
}

/** Sizes of the blocks that are available now, the largest first; gives them all back. */
function available(blocks: Blocks): number[] {
  const taken = Array.from({ length: 140 }, () => blocks.take());
  for (const block of taken) blocks.give(block);
  return taken.map(({ length }) => length);
}

async function readAll(reader: BlockReader): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  while (!reader.isAtEnd) parts.push((await reader.next(Infinity)).slice());
  return concat(...parts);
}

for (const size of [0, 1, 1023, 1024, 1025, 65_536, 2_031_616, 2_031_617, 7_000_000]) {
  Deno.test(`${size} bytes come out as they went in, and all blocks go back`, async () => {
    const blocks = new Blocks();
    const before = available(blocks);
    {
      using each = await scene(blocks);
      const data = randomBytes(size);
      const sent = each.socket.send(data).then(() => each.socket.finish());
      assertEquals(hash(await readAll(each.reader)), hash(data));
      await sent;
    }
    assertEquals(available(blocks), before);
  });
}

Deno.test("a file of up to a large block is one piece, and its end is known with it", async () => {
  using each = await scene(new Blocks());
  const data = randomBytes(1_000_000);
  const sent = each.socket.send(data).then(() => each.socket.finish());
  assertEquals(hash(await each.reader.next(Infinity)), hash(data));
  assert(each.reader.isAtEnd);
  await sent;
});

Deno.test("a piece stays valid while the next one is read, until it is no longer used", async () => {
  const blocks = new Blocks();
  const data = randomBytes(8_000_000);
  for (const crowd of [0, 5]) { // With a crowd each has a single block.
    for (let i = 0; i < crowd; i++) blocks.join();
    using each = await scene(blocks);
    const sent = each.socket.send(data).then(() => each.socket.finish());
    const parts: Uint8Array[] = [];
    let used: Promise<void> | undefined;
    while (!each.reader.isAtEnd) {
      const piece = await each.reader.next(Infinity, used);
      await used;
      used = new Promise((resolve) =>
        setTimeout(() => {
          parts.push(piece.slice());
          resolve();
        }, 5)
      );
    }
    await used;
    assertEquals(hash(concat(...parts)), hash(data));
    await sent;
  }
});

Deno.test("bytes that were put back come first", async () => {
  using each = await scene(new Blocks());
  const data = randomBytes(100_000);
  const sent = each.socket.send(data).then(() => each.socket.finish());
  const first = await each.reader.read();
  const skipped = Math.min(first.length, 100);
  each.reader.unread(first.subarray(skipped));
  assertEquals(hash(await readAll(each.reader)), hash(data.subarray(skipped)));
  await sent;
});

Deno.test("bytes of a slow peer don't wait for a full block", async () => {
  using each = await scene(new Blocks());
  for (const part of ["first", "second", "third"]) {
    await each.socket.send(ascii(part));
    assertEquals(await each.reader.next(Infinity), ascii(part));
    assertEquals(each.reader.isAtEnd, false);
  }
});

Deno.test("enough bytes are returned without waiting for more", async () => {
  using each = await scene(new Blocks());
  await each.socket.send(ascii("four"));
  const start = performance.now();
  assertEquals(await each.reader.next(4), ascii("four"));
  assertFast(performance.now() - start, 500);
});

Deno.test("a connection that is aborted during a read rejects with the reason, and gives up its block", async () => {
  const blocks = new Blocks();
  const before = available(blocks);
  const reason = new Error("aborted");
  {
    using each = await scene(blocks);
    await each.socket.send(randomBytes(2000));
    await each.reader.next(Infinity);
    const reading = each.reader.next(Infinity);
    each.connection.abort(reason);
    await assertRejects(() => reading, Error, "aborted");
    await assertRejects(() => each.reader.next(Infinity), Error, "aborted");
  }
  // The one that may still be written to is replaced, not reused.
  assertEquals(available(blocks), before);
});
