import { assertEquals } from "@std/assert";
import { StreamOutput } from "../../lib/command/output.ts";
import { ascii } from "../support/data.ts";

/** A stream that takes at most `most` bytes a write, up to `limit` in all. */
class SmallStream {
  text = "";
  writes = 0;

  constructor(readonly most: number, readonly limit = Infinity) {}

  async write(bytes: Uint8Array): Promise<number> {
    await Promise.resolve();
    this.writes++;
    if (this.text.length >= this.limit) throw new Error("closed");
    const part = bytes.subarray(0, this.most);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  isTerminal(): boolean {
    return false;
  }
}

Deno.test("text and bytes come out whole and in order, through partial writes", async () => {
  const stream = new SmallStream(3);
  const output = new StreamOutput(stream);
  output.write("first ");
  output.write("second ");
  output.write(ascii("third "));
  output.write(ascii("fourth "));
  output.write("");
  output.write("fifth");
  await output.flushed();
  assertEquals(stream.text, "first second third fourth fifth");
});

Deno.test("a write resolves when it is done, so that its bytes can be used again", async () => {
  const stream = new SmallStream(1);
  const output = new StreamOutput(stream);
  const bytes = ascii("abc");
  await output.write(bytes);
  bytes.fill(0);
  assertEquals(stream.text, "abc");
});

Deno.test("text that waits goes out in one write", async () => {
  const stream = new SmallStream(1000);
  const output = new StreamOutput(stream);
  for (let i = 0; i < 100; i++) output.write("line\n");
  await output.flushed();
  assertEquals(stream.text, "line\n".repeat(100));
  assertEquals(stream.writes, 2);
});

Deno.test("a stream that is closed is told once, rejects nothing, and drops what waits", async () => {
  const closed: unknown[] = [];
  const stream = new SmallStream(2, 2);
  const output = new StreamOutput(stream, { onError: (error) => closed.push(error) });
  await Promise.all([output.write(ascii("abcd")), output.write("efgh")]);
  assertEquals(stream.text, "ab");
  assertEquals(closed.length, 1);
});
