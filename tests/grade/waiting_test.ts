import { assert, assertEquals } from "@std/assert";
import { eventually, within } from "../../lib/grade/waiting.ts";

Deno.test("within returns a result in time, and nothing for a late one", async () => {
  assertEquals(await within(60_000, Promise.resolve(1)), 1);
  assertEquals(await within(1, new Promise(() => {})), undefined);
});

Deno.test("eventually repeats a check until its result is good", async () => {
  let count = 0;
  assertEquals(await eventually(60_000, () => Promise.resolve(++count), (n) => n === 3), 3);
});

Deno.test("eventually returns the last result when time is up", async () => {
  let count = 0;
  const last = await eventually(1, () => Promise.resolve(++count), () => false);
  assert(last === count && last > 0);
});
