import { describe, Failure } from "./errors.ts";
import { whenReady } from "./when_ready.ts";

/** A stream of the process, like `Deno.stdin`. */
interface Stream {
  read(room: Uint8Array): Promise<number | null>;
}

/** Size of the largest chunk, in bytes. */
const CHUNK = 64 * 1024;

/**
 * The bytes of a stream of the process, which may be non-blocking. Each chunk is valid until the
 * next one is requested.
 */
export function readableInput(stream: Stream): ReadableStream<Uint8Array> {
  let room: Uint8Array | undefined;
  return new ReadableStream({
    async pull(controller) {
      const chunk = room ??= new Uint8Array(CHUNK);
      const count = await whenReady(() => stream.read(chunk)).catch((error) => {
        throw new Failure(`can't read standard input: ${describe(error)}`);
      });
      if (typeof count === "number") controller.enqueue(chunk.subarray(0, count));
      else controller.close();
    },
  }, { highWaterMark: 0 });
}
