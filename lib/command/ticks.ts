/**
 * Time in turns of the event loop, for deadlines that a process without processor time does not
 * use up.
 *
 * @module
 */

/** Length of a turn, in milliseconds. */
export const TICK = 50;

/** Resolves after a number of turns. */
export async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await pause(TICK);
}

/** Resolves after `time` milliseconds. */
export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
