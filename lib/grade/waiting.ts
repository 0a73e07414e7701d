import { pause } from "../command/ticks.ts";

/** Resolves like the promise, or with `undefined` after `timeout` ms. */
export async function within<T>(timeout: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), timeout);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Interval between checks of the system's state, in milliseconds. */
const POLL = 100;

/** Repeats a check until its result is good, for at most `timeout` ms. Returns the last result. */
export async function eventually<T>(
  timeout: number,
  check: () => Promise<T>,
  isGood: (result: T) => boolean,
): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const result = await check();
    if (isGood(result) || performance.now() > end) return result;
    await pause(POLL);
  }
}
