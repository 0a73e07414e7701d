/**
 * Deadlines in turns of the event loop. A process that gets no processor time does not
 * use them up, as it would a number of milliseconds.
 *
 * @module
 */

/** One turn, in milliseconds. */
export const TICK = 50;

/** Resolves after a number of turns. */
export async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await pause(TICK);
}

/** Resolves after a time in milliseconds. */
export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
