import { assertEquals } from "@std/assert";
import { count, inSeconds, readable } from "../../lib/grade/readable.ts";
import { ascii } from "../support/data.ts";

Deno.test("every byte has a text of its own", () => {
  assertEquals(readable(ascii('a "b"\\\r\n\t')), String.raw`"a \"b\"\\\r\n\t"`);
  assertEquals(
    readable(Uint8Array.of(0, 0x1f, 0x7f, 0x80, 0xff)),
    String.raw`"\x00\x1f\x7f\x80\xff"`,
  );
  assertEquals(readable(new Uint8Array(0)), '""');
});

Deno.test("many bytes are cut off and counted", () => {
  assertEquals(readable(ascii("x".repeat(1234)), 3), '"xxx"… (1,234 bytes)');
});

Deno.test("a count has its noun, and a time one decimal", () => {
  assertEquals([count(1, "byte"), count(0, "byte"), count(10_485_761, "byte")], [
    ...["1 byte", "0 bytes", "10,485,761 bytes"],
  ]);
  assertEquals([inSeconds(0), inSeconds(12_345)], ["0.0 s", "12.3 s"]);
});
