/** How long a server may take to start listening, in milliseconds. */
export const START_LIMIT = 15_000;
/** Longest time for anything that a working program does immediately, in milliseconds. */
export const REPLY_LIMIT = 10_000;
/** Allowed difference between the clocks and timers of two programs, in milliseconds. */
export const TOLERANCE = 250;
