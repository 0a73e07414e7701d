import { assert, assertEquals } from "@std/assert";
import { IdleWatch, type Waiting } from "../../lib/net/idle.ts";

const TIMEOUT = 200;

/** Something that waits, and notes when its wait was too long. */
class Wait implements Waiting {
  readonly #ended = Promise.withResolvers<number>();
  readonly #start = performance.now();
  calls = 0;

  /** Resolves with the time (ms) after which the wait was too long. */
  get tooLong(): Promise<number> {
    return this.#ended.promise;
  }

  onIdle(): void {
    this.calls++;
    this.#ended.resolve(performance.now() - this.#start);
  }
}

Deno.test("a wait that is too long ends once, and not before the timeout", async () => {
  const watch = new IdleWatch(TIMEOUT);
  const wait = new Wait();
  watch.begin(wait);
  const took = await wait.tooLong;
  assert(took >= TIMEOUT, `${took} ms`);
  const later = new Wait();
  watch.begin(later);
  await later.tooLong;
  assertEquals(wait.calls, 1);
  watch.stop();
});

Deno.test("a wait that ended is never too long; one that began again counts afresh", async () => {
  const watch = new IdleWatch(TIMEOUT);
  const [ended, renewed, last] = [new Wait(), new Wait(), new Wait()];
  watch.begin(ended);
  watch.begin(renewed);
  await new Promise((resolve) => setTimeout(resolve, TIMEOUT / 2));
  watch.end(ended);
  watch.end(renewed);
  watch.begin(renewed);
  watch.begin(last);
  const took = await renewed.tooLong;
  assert(took >= 1.5 * TIMEOUT, `${took} ms`);
  await last.tooLong;
  assertEquals(ended.calls, 0);
  watch.stop();
});

Deno.test("time in which this process was busy does not count", async () => {
  const watch = new IdleWatch(TIMEOUT);
  const wait = new Wait();
  watch.begin(wait);
  const busyUntil = performance.now() + 3 * TIMEOUT;
  while (performance.now() < busyUntil);
  const took = await wait.tooLong;
  // All but one turn of the timer is still to come after the busy time.
  assert(took >= 3 * TIMEOUT + TIMEOUT / 2, `${took} ms`);
  watch.stop();
});

Deno.test("without a limit there is no timer, and none after the last wait", async () => {
  const unlimited = new IdleWatch(Infinity);
  const wait = new Wait();
  unlimited.begin(wait);
  const watch = new IdleWatch(TIMEOUT);
  const ended = new Wait();
  watch.begin(ended);
  await ended.tooLong;
  assertEquals(wait.calls, 0);
  // A timer that is left would fail this test as a leak.
});
