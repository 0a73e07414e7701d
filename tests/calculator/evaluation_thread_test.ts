import { assert, assertEquals } from "@std/assert";
import { INVALID_STATEMENT } from "../../lib/calculator/answer.ts";
import { EvaluationThread } from "../../lib/calculator/evaluation_thread.ts";

const STUCK = new URL("./stuck_worker.ts", import.meta.url);

Deno.test("a thread answers one expression after another", async () => {
  using thread = new EvaluationThread();
  assertEquals(await thread.evaluate("1+1"), "2");
  assertEquals(await thread.evaluate("foo"), INVALID_STATEMENT);
  assertEquals(await thread.evaluate("2**100"), `${2n ** 100n}`);
});

Deno.test("a thread that is stuck, or fails, is replaced without harm to others", async () => {
  using stuck = new EvaluationThread(100, STUCK);
  using other = new EvaluationThread(5000, STUCK);
  for (const expression of ["stuck", "fail", "stuck"]) {
    const answer = stuck.evaluate(expression);
    assertEquals(await other.evaluate("1"), "1");
    assertEquals(await answer, INVALID_STATEMENT);
    assertEquals(await stuck.evaluate("2"), "2");
  }
});

Deno.test("an answer that came while we were busy ourselves is not too late", async () => {
  using thread = new EvaluationThread(50);
  assertEquals(await thread.evaluate("1"), "1");
  const answer = thread.evaluate("2");
  // The question is out before we are busy.
  await Promise.resolve();
  const start = performance.now();
  while (performance.now() - start < 200);
  assertEquals(await answer, "2");
});

Deno.test("who has a thread is answered while those of others start", async () => {
  using calm = new EvaluationThread();
  assertEquals(await calm.evaluate("1"), "1");
  const crowd = Array.from({ length: 5 }, () => new EvaluationThread());
  let answers = 0;
  const started = Promise.all(crowd.map(async (thread) => {
    using _ = thread;
    assertEquals(await thread.evaluate("2"), "2");
    return answers;
  }));
  let isOver = false;
  started.then(() => isOver = true);
  for (; !isOver; answers++) assertEquals(await calm.evaluate("1"), "1");
  // Between any two of them somebody else was answered.
  const counts = await started;
  assertEquals(new Set(counts).size, counts.length, `${counts}`);
});

Deno.test("an evaluation ends at once when its thread is disposed of", async () => {
  const thread = new EvaluationThread(60_000, STUCK);
  assertEquals(await thread.evaluate("1"), "1");
  const answer = thread.evaluate("stuck");
  const start = performance.now();
  thread[Symbol.dispose]();
  assertEquals(await answer, INVALID_STATEMENT);
  assert(performance.now() - start < 1000);
});
