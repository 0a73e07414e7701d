import { assertEquals } from "@std/assert";
import { BlockMemory } from "../../lib/net/block_memory.ts";
import { BlockReader } from "../../lib/net/block_reader.ts";
import { Connection } from "../../lib/net/connection.ts";
import { IdleWatch } from "../../lib/net/idle.ts";
import { randomBytes } from "../support/data.ts";
import { Socket } from "../support/socket.ts";

const BLOCK = 17 * 64 * 1024;

/** How much of the blocks of the largest size is to be had; gives all of it back. */
function available(memory: BlockMemory): number {
  const taken = [];
  for (;;) {
    const block = memory.takeLarger(BLOCK / 2);
    if (block === undefined) break;
    taken.push(block);
  }
  for (const block of taken) memory.give(block);
  return taken.length;
}

for (const when of ["before the first byte", "after the first block"]) {
  Deno.test(`a reader that is given up ${when} takes no memory from what still comes`, async () => {
    const memory = new BlockMemory({ blockSize: BLOCK, blocks: 2 });
    const before = { blocks: memory.blocks, available: available(memory) };
    for (let i = 0; i < 5; i++) {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      using socket = await Socket.connect(listener.addr.port);
      using connection = new Connection(await listener.accept(), new IdleWatch(Infinity));
      const data = randomBytes(2 * BLOCK + 1);
      const reader = new BlockReader(connection, memory);
      if (when === "after the first block") {
        const [block] = await Promise.all([reader.fill(Infinity), socket.send(data)]);
        assertEquals(block, data.subarray(0, BLOCK));
      }
      const filling = reader.fill(Infinity);
      reader[Symbol.dispose]();
      await Promise.all([filling, socket.send(data).then(() => socket.finish())]);
    }
    assertEquals({ blocks: memory.blocks, available: available(memory) }, before);
  });
}

Deno.test("what was read before is at the beginning of the block, and all follows in order", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using socket = await Socket.connect(listener.addr.port);
  using connection = new Connection(await listener.accept(), new IdleWatch(Infinity));
  const data = randomBytes(3 * BLOCK + 1);
  const memory = new BlockMemory({ blockSize: BLOCK, blocks: 2 });
  using reader = new BlockReader(connection, memory);
  const sent = socket.send(data).then(() => socket.finish());
  const first = await reader.read();
  const skipped = Math.min(first.length - 1, 100);
  const received: number[] = [];
  let beginning = first.subarray(skipped);
  while (!reader.isAtEnd) {
    for (const byte of await reader.fill(Infinity, beginning)) received.push(byte);
    beginning = new Uint8Array(0);
  }
  await sent;
  assertEquals(Uint8Array.from(received), data.subarray(skipped));
});
