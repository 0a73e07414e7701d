import { assert, assertEquals } from "@std/assert";
import { Transfer } from "../../lib/grade/transfer.ts";

Deno.test("a transfer has points from its beginning to its last byte", () => {
  const transfer = new Transfer("file", 30);
  transfer.add(10);
  transfer.add(20);
  assertEquals(transfer.points.map(({ bytes }) => bytes), [0, 10, 30, 30]);
});

Deno.test("a long transfer is thinned out evenly", () => {
  const transfer = new Transfer("file", 10_000);
  for (let i = 0; i < 10_000; i++) transfer.add(1);
  const bytes = transfer.points.map(({ bytes }) => bytes);
  assert(bytes.length <= 202, `${bytes.length} points`);
  assertEquals([bytes[0], bytes.at(-1)], [0, 10_000]);
  assert(bytes.slice(1, -1).every((number, i) => number === 1 + i * 50));
});

Deno.test("a transfer that never starts has only its beginning", () => {
  assertEquals(new Transfer("file", 1).points.at(-1), { time: 0, bytes: 0 });
});
