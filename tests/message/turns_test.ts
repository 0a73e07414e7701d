import { assertEquals } from "@std/assert";
import { Turns } from "../../lib/message/turns.ts";

/** Takes turns, one for each name, and tells in `begun` when each begins. */
function line(names: readonly string[]): {
  begun: string[];
  waits: boolean[];
  leave(name: string): Promise<void>;
} {
  const turns = new Turns();
  const begun: string[] = [];
  const taken = new Map(names.map((name) => [name, turns.take()]));
  for (const [name, turn] of taken) turn.begun.then(() => begun.push(name));
  return {
    begun,
    waits: Array.from(taken.values(), ({ waits }) => waits),
    async leave(name) {
      taken.get(name)?.[Symbol.dispose]();
      await settled();
    },
  };
}

/** Lets everything happen that does not wait for anything. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("the first turn begins at once, the next one when it has ended, in order", async () => {
  const { begun, waits, leave } = line(["a", "b", "c"]);
  await settled();
  assertEquals(waits, [false, true, true]);
  assertEquals(begun, ["a"]);
  await leave("a");
  assertEquals(begun, ["a", "b"]);
  await leave("b");
  assertEquals(begun, ["a", "b", "c"]);
});

Deno.test("leaving the line early does not change the order of the others", async () => {
  const { begun, leave } = line(["a", "b", "c", "d"]);
  await leave("b");
  assertEquals(begun, ["a"]);
  await leave("a");
  assertEquals(begun, ["a", "c"]);
  await leave("c");
  assertEquals(begun, ["a", "c", "d"]);
});

Deno.test("ending a turn twice does not end another one", async () => {
  const { begun, leave } = line(["a", "b", "c"]);
  await leave("a");
  await leave("a");
  assertEquals(begun, ["a", "b"]);
});

Deno.test("a turn begins at once if the line is empty", async () => {
  const turns = new Turns();
  turns.take()[Symbol.dispose]();
  const turn = turns.take();
  assertEquals(turn.waits, false);
  await turn.begun;
});
