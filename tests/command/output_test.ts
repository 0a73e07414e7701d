import { assert, assertEquals } from "@std/assert";
import { StreamOutput } from "../../lib/command/output.ts";
import { ticks } from "../../lib/command/ticks.ts";
import { ascii } from "../support/data.ts";

/** A stream that takes up to `most` bytes in a write, and up to `limit` in total. */
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

Deno.test("writes text and bytes completely and in order, through partial writes", async () => {
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

Deno.test("a write of bytes resolves when they are written and can be reused", async () => {
  const stream = new SmallStream(1);
  const output = new StreamOutput(stream);
  const bytes = ascii("abc");
  await output.write(bytes);
  bytes.fill(0);
  assertEquals(stream.text, "abc");
});

Deno.test("waiting text goes out in one write", async () => {
  const stream = new SmallStream(1000);
  const output = new StreamOutput(stream);
  for (let i = 0; i < 100; i++) output.write("line\n");
  await output.flushed();
  assertEquals(stream.text, "line\n".repeat(100));
  assertEquals(stream.writes, 2);
});

Deno.test("with an interval, lines that follow each other quickly go out together", async () => {
  const stream = new SmallStream(1000);
  const output = new StreamOutput(stream, { interval: 100 });
  output.write("at once\n");
  await output.flushed();
  for (const line of ["first\n", "second\n"]) {
    output.write(line);
    await Promise.resolve();
  }
  await output.flushed();
  assertEquals(stream.text, "at once\nfirst\nsecond\n");
  assertEquals(stream.writes, 2);
});

Deno.test("a closed stream is reported once, rejects no write, and drops what waits", async () => {
  const closed: unknown[] = [];
  const stream = new SmallStream(2, 2);
  const output = new StreamOutput(stream, { onError: (error) => closed.push(error) });
  await Promise.all([output.write(ascii("abcd")), output.write("efgh")]);
  assertEquals(stream.text, "ab");
  assertEquals(closed.length, 1);
});

/** A non-blocking stdout: a pipe, and the runtime's buffer for an incomplete last line. */
class NonBlocking {
  text = "";
  #room = 0;
  #buffer = "";

  async write(bytes: Uint8Array): Promise<number> {
    await Promise.resolve();
    this.#flush();
    const text = new TextDecoder().decode(bytes);
    const direct = text.length < 1024 ? text.lastIndexOf("\n") + 1 : text.length;
    this.#take(text.slice(0, direct));
    this.#buffer = text.slice(direct);
    this.#flush();
    return text.length;
  }

  #flush(): void {
    this.#take(this.#buffer);
    this.#buffer = "";
  }

  #take(text: string): void {
    if (text === "") return;
    if (this.#room < text.length) {
      // Somebody reads a little before the next try.
      this.#room += 1500;
      throw new Deno.errors.WouldBlock();
    }
    this.#room -= text.length;
    this.text += text;
  }

  isTerminal(): boolean {
    return false;
  }
}

Deno.test("a non-blocking stream receives every byte once and in order", async () => {
  const stream = new NonBlocking();
  const output = new StreamOutput(stream, { lineBuffer: 1024 });
  const texts = ["a", "line\n", "x".repeat(1023), "y".repeat(1024), "z".repeat(9000), "one\ntwo"];
  for (const text of [...texts, ...texts.toReversed()]) await output.write(ascii(text));
  await output.flushed();
  assertEquals(stream.text, [...texts, ...texts.toReversed()].join(""));
});

Deno.test("text beyond the limit is dropped and counted until the stream is read again", async () => {
  const opened = Promise.withResolvers<void>();
  let text = "";
  const stream = {
    async write(bytes: Uint8Array): Promise<number> {
      await opened.promise;
      text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
    isTerminal: () => false,
  };
  const output = new StreamOutput(stream, { limit: 12 });
  for (let i = 1; i <= 6; i++) output.write(`line ${i}\n`);
  output.write("7\n");
  opened.resolve();
  await output.flushed();
  output.write("line 8\n");
  await output.flushed();
  assertEquals(
    text,
    "line 1\nline 2\n5 lines dropped here: standard error was not read\nline 8\n",
  );
});

Deno.test("a write of text waits only while much text waits", async () => {
  const read = Promise.withResolvers<void>();
  const stream = {
    async write(bytes: Uint8Array): Promise<number> {
      await read.promise;
      return bytes.length;
    },
    isTerminal: () => false,
  };
  const output = new StreamOutput(stream);
  const line = "x".repeat(40_000);
  await output.write(line);
  await output.write(line);
  let isDone = false;
  const last = output.write(line).then(() => isDone = true);
  await Promise.resolve();
  assert(!isDone);
  read.resolve();
  await last;
});

Deno.test("hurry drops what the stream does not take, and only that", async () => {
  const never = { write: () => new Promise<number>(() => {}), isTerminal: () => false };
  const output = new StreamOutput(never);
  const writing = output.write(ascii("unread"));
  output.hurry({ stalled: 2 });
  await writing;
  await output.write(ascii("more"));
  await output.flushed();

  const slow = new SmallStream(1);
  const taken = new StreamOutput(slow);
  taken.write("twelve bytes");
  taken.hurry({ stalled: 2, total: 3 });
  await taken.flushed();
  assertEquals(slow.text, "twelve bytes");
  // Its timer ends with its time.
  await ticks(4);
});
