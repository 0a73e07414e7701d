/** How long a server may take to start listening, in milliseconds. */
export const START_LIMIT = 15_000;
/** How long anything may take that a working program does at once, in milliseconds. */
export const REPLY_LIMIT = 10_000;
/** Allowed difference between the clocks and timers of two programs, in milliseconds. */
export const TOLERANCE = 250;
