/** How long (ms) a test waits for what must come; a busy machine may take long, so only a hang takes longer. */
export const PATIENCE = 120_000;

/** Waits for a promise, but no longer than `timeout` ms; `what` tells what was waited for. */
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
