import { describe, Failure } from "./errors.ts";
import { pause } from "./ticks.ts";

/** A stream of the process, like `Deno.stdin`. */
interface Stream {
  read(room: Uint8Array): Promise<number | null>;
}

/** Size of the largest chunk, in bytes. */
const CHUNK = 64 * 1024;
/** Shortest and longest pause before an empty stream is read again, in milliseconds. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [1, 20];

/**
 * The bytes of a stream of the process, which may be non-blocking. Each chunk is valid until the
 * next one is requested.
 */
export function readableInput(stream: Stream): ReadableStream<Uint8Array> {
  let room: Uint8Array | undefined;
  return new ReadableStream({
    async pull(controller) {
      room ??= new Uint8Array(CHUNK);
      const count = await readSome(stream, room);
      if (count === null) controller.close();
      else controller.enqueue(room.subarray(0, count));
    },
  }, { highWaterMark: 0 });
}

/**
 * Waits for bytes and reads them.
 *
 * @throws {Failure} when the stream can't be read
 */
async function readSome(stream: Stream, room: Uint8Array): Promise<number | null> {
  for (let time = SHORTEST_PAUSE;; time = Math.min(2 * time, LONGEST_PAUSE)) {
    try {
      return await stream.read(room);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) {
        throw new Failure(`can't read standard input: ${describe(error)}`);
      }
    }
    await pause(time);
  }
}
