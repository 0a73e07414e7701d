/** Resolves once everything that is already due has happened. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Whether a promise resolves within `limit` ms. A rejection after that is ignored. */
export async function resolvesWithin(promise: Promise<unknown>, limit: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(async () => {
    // If this thread was busy until now, the value may be waiting to be read.
    await nextTurn();
    late.resolve(false);
  }, limit);
  try {
    return await Promise.race([late.promise, promise.then(() => true)]);
  } finally {
    clearTimeout(timer);
  }
}
