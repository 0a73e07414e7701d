import type { Connection } from "./connection.ts";

/**
 * Settles as `act`, which waits for the peer. Aborts the connection with `late` if that takes longer
 * than `timeout` ms; `Infinity` for no limit.
 */
export async function inTime<T>(
  connection: Connection,
  timeout: number,
  late: Error,
  act: () => Promise<T>,
): Promise<T> {
  const timer = timeout === Infinity
    ? undefined
    : setTimeout(() => connection.abort(late), timeout);
  try {
    return await act();
  } finally {
    clearTimeout(timer);
  }
}
