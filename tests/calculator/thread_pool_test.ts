import { assert, assertEquals } from "@std/assert";
import { answer, INVALID_STATEMENT } from "../../lib/calculator/answer.ts";
import { ThreadPool } from "../../lib/calculator/thread_pool.ts";
import { filled } from "../support/heavy.ts";

const STUCK = new URL("./stuck_worker.ts", import.meta.url);

Deno.test("a thread answers one expression after another", async () => {
  using pool = new ThreadPool(1);
  assertEquals(await pool.evaluate("1+1"), "2");
  assertEquals(await pool.evaluate("foo"), INVALID_STATEMENT);
  assertEquals(await pool.evaluate("2**100"), `${2n ** 100n}`);
});

Deno.test("a thread that is stuck or fails is replaced", async () => {
  // Either of two threads may get the next expression.
  using pool = new ThreadPool(2, 1000, STUCK);
  for (const expression of ["stuck", "fail", "stuck"]) {
    const answered = pool.evaluate(expression);
    assertEquals(await pool.evaluate("1"), "1");
    assertEquals(await answered, INVALID_STATEMENT);
    assertEquals(await Promise.all([pool.evaluate("2"), pool.evaluate("3")]), ["2", "3"]);
  }
});

Deno.test("expressions behind one that is stuck are answered", async () => {
  using pool = new ThreadPool(1, 1000, STUCK);
  const answers = ["stuck", "1", "2"].map((expression) => pool.evaluate(expression));
  assertEquals(await Promise.all(answers), [INVALID_STATEMENT, "1", "2"]);
});

Deno.test("an answer that arrives while our own thread is busy is not late", async () => {
  using pool = new ThreadPool(1, 50);
  assertEquals(await pool.evaluate("1"), "1");
  const answered = pool.evaluate("2");
  // Lets the expression be sent first.
  await Promise.resolve();
  const start = performance.now();
  while (performance.now() - start < 200);
  assertEquals(await answered, "2");
});

Deno.test("a free thread answers while others start", async () => {
  using pool = new ThreadPool(6);
  assertEquals(await pool.evaluate("1"), "1");
  let light = 0;
  const heavy = Promise.all(Array.from({ length: 5 }, async () => {
    assertEquals(await pool.evaluate(filled("1+")), "32768");
    return light;
  }));
  let isOver = false;
  heavy.then(() => isOver = true);
  for (; !isOver; light++) assertEquals(await pool.evaluate("1"), "1");
  assert(light > 5, `${light} answers`);
});

Deno.test("expressions that wait for a thread are answered in order of arrival", async () => {
  using pool = new ThreadPool(1);
  const order: number[] = [];
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    assertEquals(await pool.evaluate(`${i}+0`), `${i}`);
    order.push(i);
  }));
  assertEquals(order, Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("a thread whose heap has grown large is replaced between two expressions", async () => {
  using pool = new ThreadPool(1);
  // Each leaves tens of megabytes of garbage.
  const nested = filled(`${"[".repeat(199)}1${"]".repeat(199)},`);
  const expected = answer(nested);
  for (let i = 0; i < 5; i++) assertEquals(await pool.evaluate(nested) === expected, true);
});
