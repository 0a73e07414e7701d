import { nextTurn } from "./turn.ts";

/**
 * Whether nothing comes for `quiet` ms: the read lasts longer. It may fail later,
 * when nobody waits for it any more.
 */
export async function isQuiet(read: Promise<unknown>, quiet: number): Promise<boolean> {
  const silence = Promise.withResolvers<true>();
  const timer = setTimeout(async () => {
    // Where we were busy for that long ourselves, bytes may lie there unread.
    await nextTurn();
    silence.resolve(true);
  }, quiet);
  try {
    return await Promise.race([silence.promise, read.then(() => false)]);
  } finally {
    clearTimeout(timer);
  }
}
