import { strict } from "node:assert";

/** Fails unless `expression` is true. */
export function assert(
  expression: unknown,
  message?: string,
): asserts expression {
  strict.ok(expression, message);
}

/** Fails unless both are deeply equal. */
export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  told(message, () => strict.deepStrictEqual(actual, expected));
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  told(message, () => strict.match(actual, expected));
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  const found = `expected ${JSON.stringify(actual)} to contain ${JSON.stringify(expected)}`;
  told(message, () => strict.ok(actual.includes(expected), found));
}

/** Fails unless `act` throws an error of that class. */
export function assertThrows<E extends Error>(
  act: () => unknown,
  errorClass: new (...args: never[]) => E,
  messageIncludes = "",
): E {
  try {
    act();
  } catch (error) {
    return checked(error, errorClass, messageIncludes);
  }
  throw new strict.AssertionError({ message: `expected ${errorClass.name}` });
}

/** Fails unless `act` rejects with an error of that class. */
export async function assertRejects<E extends Error>(
  act: () => PromiseLike<unknown>,
  errorClass: new (...args: never[]) => E,
  messageIncludes = "",
): Promise<E> {
  try {
    await act();
  } catch (error) {
    return checked(error, errorClass, messageIncludes);
  }
  throw new strict.AssertionError({ message: `expected ${errorClass.name}` });
}

function checked<E extends Error>(
  error: unknown,
  errorClass: new (...args: never[]) => E,
  messageIncludes: string,
): E {
  if (!(error instanceof errorClass)) throw error;
  assertStringIncludes(error.message, messageIncludes);
  return error;
}

/** Puts `message` before what is said of a failure, not in its place. */
function told(message: string | undefined, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof strict.AssertionError) || message === undefined) throw error;
    throw new strict.AssertionError({ message: `${message}: ${error.message}` });
  }
}
