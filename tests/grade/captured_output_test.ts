import { assert, assertEquals } from "@std/assert";
import { CapturedOutput } from "../../lib/grade/captured_output.ts";
import { ascii } from "../support/data.ts";

function capture(...chunks: string[]): CapturedOutput {
  return new CapturedOutput(ReadableStream.from(chunks.map(ascii)), () => {});
}

Deno.test("keeps all of a short output", async () => {
  const output = capture("one\n", "two\n");
  await output.end;
  assertEquals([output.text, output.total], ["one\ntwo\n", 8]);
});

Deno.test("keeps both ends of a long output, and reports how much it omits", async () => {
  const output = capture("begin", ..."x".repeat(9).split("").map((x) => x.repeat(10_000)), "end");
  await output.end;
  const [head = "", note, tail = ""] = output.text.split("\n");
  assert(head.startsWith("begin") && tail.endsWith("end"));
  assertEquals(note, `… ${output.total - head.length - tail.length} bytes omitted …`);
});

Deno.test("waits for a text, but not beyond the end of the output", async () => {
  const output = capture("a", "b", "c");
  assert(await output.until((text) => text.includes("ab"), 60_000));
  assertEquals(await output.until((text) => text.includes("d"), 60_000), false);
});

Deno.test("waits for a text no longer than permitted, even if the output goes on", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => {
      timer = setInterval(() => controller.enqueue(ascii(".")), 10);
    },
    cancel: () => clearInterval(timer),
  });
  const output = new CapturedOutput(endless, () => {});
  assertEquals(await output.until((text) => text.includes("d"), 100), false);
  await output.stop();
});
