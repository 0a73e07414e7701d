import { assert } from "@std/assert";

/** How long (ms) a test waits for what must come; a busy machine may take long, so only a hang takes longer. */
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

/** Asks again and again until the answer is yes. */
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
  // Waking up on a busy machine takes longer than going on, and the load changes.
  const allowed = slowness < 1.2 ? limit : 2 * slowness * limit;
  assert(
    took < allowed,
    `${what} took ${took.toFixed(0)} ms; ${limit} are allowed, and ${allowed.toFixed(0)} on this ` +
      `machine now (slowness ${slowness.toFixed(1)})`,
  );
}

/** How many times longer a busy process takes than on an idle machine: it notices when it was not running. */
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
