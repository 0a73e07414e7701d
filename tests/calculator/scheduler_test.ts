import { assert, assertEquals } from "@std/assert";
import { Scheduler } from "../../lib/calculator/scheduler.ts";
import { filled } from "../support/heavy.ts";

Deno.test("light expressions are answered before heavy ones", async () => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  const heavy = Array.from({ length: 4 }, async () => {
    assertEquals(await scheduler.client()(filled("1+")), "32768");
    order.push("heavy");
  });
  const calm = scheduler.client();
  for (let i = 0; i < 5; i++) {
    assertEquals(await calm(`${i}+1`), `${i + 1}`);
    order.push("light");
  }
  await Promise.all(heavy);
  assertEquals(order, [...Array(5).fill("light"), ...Array(4).fill("heavy")]);
});

Deno.test("a client that asks without a pause leaves turns to the event loop", async () => {
  const scheduler = new Scheduler();
  const eager = scheduler.client();
  let turns = 0;
  const count = setInterval(() => turns++);
  for (let i = 0; i < 5000; i++) assertEquals(await eager("1+1"), "2");
  clearInterval(count);
  assert(turns >= 10, `${turns} turns`);
});

Deno.test("a client with heavy expressions gets all its answers", async () => {
  const scheduler = new Scheduler();
  const client = scheduler.client();
  assertEquals(await client(filled("1+")), "32768");
  assertEquals(await client("2+2"), "4");
  assertEquals(await client("9**9**9"), "INVALID STATEMENT");
});
