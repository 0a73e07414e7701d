import { assertEquals } from "@std/assert";
import { Progress, progressLine } from "../../lib/command/progress.ts";

Deno.test("the line shows share, size, rate and time left", () => {
  assertEquals(
    progressLine(256 * 1024, 1024 * 1024, 0.5),
    `[${"#".repeat(7)}${".".repeat(23)}] 25 %  256.0 KiB of 1.0 MiB  512.0 KiB/s  2 s left`,
  );
  assertEquals(
    progressLine(0, 0, 0),
    `[${"#".repeat(30)}] 100 %  0 B of 0 B  0 B/s`,
  );
});

Deno.test("without a known size, the line shows the bytes done and the rate", () => {
  assertEquals(progressLine(3 * 1024 ** 3, undefined, 2), "3.0 GiB  1.5 GiB/s");
});

for (const isTerminal of [true, false]) {
  Deno.test(`progress is ${isTerminal ? "drawn on a terminal" : "not drawn in a pipe"}`, () => {
    let text = "";
    const write = (more: string) => {
      text += more;
      return Promise.resolve(true);
    };
    {
      using progress = new Progress({ isTerminal, write }, 10);
      progress.add(10);
    }
    assertEquals(text.endsWith("\n"), isTerminal);
    assertEquals(text.includes("100 %"), isTerminal);
  });
}
