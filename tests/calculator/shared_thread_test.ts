import { assert, assertEquals } from "@std/assert";
import { SharedThread } from "../../lib/calculator/shared_thread.ts";
import { filled } from "../support/heavy.ts";

Deno.test("whoever asks for little is served before those who ask for much", async () => {
  const thread = new SharedThread();
  const order: string[] = [];
  const heavy = Array.from({ length: 4 }, async () => {
    assertEquals(await thread.client()(filled("1+")), "32768");
    order.push("heavy");
  });
  const calm = thread.client();
  for (let i = 0; i < 5; i++) {
    assertEquals(await calm(`${i}+1`), `${i + 1}`);
    order.push("light");
  }
  await Promise.all(heavy);
  assertEquals(order, [...Array(5).fill("light"), ...Array(4).fill("heavy")]);
});

Deno.test("whoever asks without a pause leaves others their turns", async () => {
  const thread = new SharedThread();
  const eager = thread.client();
  let turns = 0;
  const count = setInterval(() => turns++);
  for (let i = 0; i < 5000; i++) assertEquals(await eager("1+1"), "2");
  clearInterval(count);
  assert(turns >= 10, `${turns} turns`);
});

Deno.test("a client whose expressions were heavy gets all its answers", async () => {
  const thread = new SharedThread();
  const client = thread.client();
  assertEquals(await client(filled("1+")), "32768");
  assertEquals(await client("2+2"), "4");
  assertEquals(await client("9**9**9"), "INVALID STATEMENT");
});
