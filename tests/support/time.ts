import { assert } from "@std/assert";

/** Longest wait for an expected event, in ms: only a hang exceeds it, even on a busy machine. */
export const PATIENCE = 120_000;

/** Settles as a promise, or rejects after `timeout` ms; `what` names what was waited for. */
export async function within<T>(
  timeout: number,
  promise: Promise<T>,
  what: () => string,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${timeout} ms for ${what()}`)),
    timeout,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls until a condition holds. */
export async function eventually(
  question: () => boolean | Promise<boolean>,
  what: () => string,
  timeout = PATIENCE,
): Promise<void> {
  const end = performance.now() + timeout;
  while (!await question()) {
    if (performance.now() > end) {
      throw new Error(`waited ${timeout} ms for ${what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * Asserts that something took less than `limit` ms. If it took longer, the limit grows with the share
 * of time that this machine's other work leaves to a busy process now.
 */
export function assertFast(took: number, limit: number, what = "it"): void {
  if (took < limit) return;
  const slowness = Math.max(measureSlowness(), measureSlowness());
  // On a busy machine waking up takes longer than continuing, and the load varies.
  const allowed = slowness < 1.2 ? limit : 2 * slowness * limit;
  assert(
    took < allowed,
    `${what} took ${took.toFixed(0)} ms; ${limit} are allowed, and ${allowed.toFixed(0)} on this ` +
      `machine now (slowness ${slowness.toFixed(1)})`,
  );
}

/** Slowdown of a busy process relative to an idle machine, from the gaps in which it did not run. */
function measureSlowness(): number {
  const start = performance.now();
  let last = start;
  let running = 0;
  while (last - start < 300) {
    const now = performance.now();
    if (now - last < 1) running += now - last;
    last = now;
  }
  return (last - start) / running;
}
