import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../lib/command/errors.ts";
import { readableInput } from "../../lib/command/input.ts";
import { ascii } from "../support/data.ts";

/** A stream with the given results of its reads. */
function scripted(...reads: readonly (string | Error)[]) {
  const left = [...reads];
  return {
    read(room: Uint8Array): Promise<number | null> {
      const next = left.shift();
      if (next instanceof Error) return Promise.reject(next);
      if (next === undefined) return Promise.resolve(null);
      room.set(ascii(next));
      return Promise.resolve(next.length);
    },
  };
}

async function text(input: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const bytes of input) text += new TextDecoder().decode(bytes);
  return text;
}

Deno.test("reads a stream to its end, though it is empty now and then", async () => {
  const nothing = new Deno.errors.WouldBlock();
  const stream = scripted(nothing, "one ", nothing, nothing, "two ", "three", nothing);
  assertEquals(await text(readableInput(stream)), "one two three");
});

Deno.test("reports a stream that can't be read", async () => {
  const stream = scripted("one", new Error("it is a directory"));
  await assertRejects(
    () => text(readableInput(stream)),
    Failure,
    "can't read standard input: it is a directory",
  );
});
