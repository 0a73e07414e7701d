import { pause } from "./ticks.ts";

/** Shortest and longest pause before the next try, in milliseconds. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [1, 20];

/**
 * Reads or writes a stream of the process that may be non-blocking: tries again until it is ready.
 *
 * Rejects as `act`, except while the stream is not ready.
 *
 * @param goesOn called before each new try; `undefined` is returned as soon as it is false
 */
export async function whenReady<T>(
  act: () => Promise<T>,
  goesOn: () => boolean = () => true,
): Promise<T | undefined> {
  let time = SHORTEST_PAUSE;
  do {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
    await pause(time);
    time = Math.min(2 * time, LONGEST_PAUSE);
  } while (goesOn());
  return undefined;
}
