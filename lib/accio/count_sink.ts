import { ERROR } from "./protocol.ts";

/**
 * Counts the bytes of an upload. When it is closed, the count is printed as a
 * decimal number; when it is aborted, {@linkcode ERROR}.
 */
export function countSink(
  print: (result: string) => Promise<void>,
): WritableStream<Uint8Array> {
  let count = 0;
  return new WritableStream({
    write(bytes) {
      count += bytes.length;
    },
    close: () => print(`${count}`),
    abort: () => print(ERROR),
  });
}
