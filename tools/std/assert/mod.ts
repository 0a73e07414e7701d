import { strict } from "node:assert";

/** Fails unless `expression` is true. */
export function assert(expression: unknown, message?: string): asserts expression {
  strict.ok(expression, message);
}

/** Fails unless both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  check(message, () => strict.deepStrictEqual(actual, expected));
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  check(message, () => strict.match(actual, expected));
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  const found = `expected ${JSON.stringify(actual)} to contain ${JSON.stringify(expected)}`;
  check(message, () => strict.ok(actual.includes(expected), found));
}

type ErrorClass<E> = new (...args: never[]) => E;

/** Fails unless `act` throws an error of that class. */
export function assertThrows<E extends Error>(
  act: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes = "",
): E {
  try {
    act();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  throw new strict.AssertionError({ message: `expected ${errorClass.name}` });
}

/** Fails unless `act` rejects with an error of that class. */
export async function assertRejects<E extends Error>(
  act: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes = "",
): Promise<E> {
  const error = await act().then(() => undefined, (error: unknown) => error);
  if (error !== undefined) return checkError(error, errorClass, messageIncludes);
  throw new strict.AssertionError({ message: `expected ${errorClass.name}` });
}

function checkError<E extends Error>(error: unknown, errorClass: ErrorClass<E>, text: string): E {
  if (!(error instanceof errorClass)) throw error;
  assertStringIncludes(error.message, text);
  return error;
}

/** Puts `message` before the description of a failure. */
function check(message: string | undefined, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof strict.AssertionError) || message === undefined) throw error;
    throw new strict.AssertionError({ message: `${message}: ${error.message}` });
  }
}
