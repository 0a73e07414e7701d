import { assertEquals } from "@std/assert";
import { MAX_EXPRESSION_BYTES } from "../../lib/calculator/answer.ts";
import { Requests, type Step } from "../../lib/calculator/requests.ts";
import { ascii, concat, splits } from "../support/data.ts";

/** What is sent, where `~` is a silence, and the requests in it: `$` ends one like a newline did. */
const CASES: readonly [sent: string, requests: readonly string[]][] = [
  ["", []],
  ["~", []],
  ["1+1", ["1+1"]],
  ["1+1\n", ["1+1$"]],
  ["1+1\r\n", ["1+1$"]],
  ["1+1\r", ["1+1"]],
  ["1\r\r\n", ["1\r$"]],
  ["1\r2\n", ["1\r2$"]],
  ["\n", ["$"]],
  ["\r\n", ["$"]],
  ["\n\n1\n", ["$", "$", "1$"]],
  ["1\n2\n3", ["1$", "2$", "3"]],
  ["1~2~", ["1", "2"]],
  ["1~\n2\n", ["1", "$", "2$"]],
  ["1\n~2", ["1$", "2"]],
  ["~1~~2\n~", ["1", "2$"]],
  ["\u00e9\n", ["\ufffd$"]],
];

for (const [sent, expected] of CASES) {
  Deno.test(`requests in ${JSON.stringify(sent)} in every split`, () => {
    for (const pieces of splits(latin1(sent))) {
      assertEquals(requestsIn(pieces), expected, pieces.map(String).join(" | "));
    }
  });
}

function requestsIn(pieces: readonly Uint8Array[]): string[] {
  const requests = new Requests();
  const found: string[] = [];
  const take = (steps: Iterable<Step>) => {
    for (const step of steps) found.push(shown(step));
  };
  for (const piece of pieces) {
    for (const part of String.fromCharCode(...piece).split(/(~)/)) {
      // The connection uses its memory again: so does this.
      const lent = latin1(part);
      take(part === "~" ? requests.end() : requests.receive(lent));
      lent.fill(0xff);
    }
  }
  take(requests.end());
  assertEquals(requests.isOpen, false);
  return found;
}

function shown(step: Step): string {
  return step.kind === "request" ? step.expression + step.end.replace("\n", "$") : step.kind;
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

Deno.test("a byte order mark is no part of an expression that could be left out", () => {
  assertEquals(requestsIn([latin1("\xef\xbb\xbf1\n")]), ["\ufeff1$"]);
});

const LARGEST = "1".repeat(MAX_EXPRESSION_BYTES);

Deno.test("a request of 64 KiB is taken, with its end or without", () => {
  for (const end of ["", "\n", "\r\n"]) {
    assertEquals(requestsIn([ascii(LARGEST), ascii(end)]), [LARGEST + (end && "$")]);
  }
});

Deno.test("a longer one is refused as soon as it is too long; its newline is answered when it comes", () => {
  const requests = new Requests();
  assertEquals([...requests.receive(ascii(LARGEST))], []);
  assertEquals([...requests.receive(ascii("11"))], [{ kind: "too long" }]);
  assertEquals([...requests.receive(ascii(LARGEST + LARGEST))], []);
  assertEquals(requests.isOpen, true);
  assertEquals([...requests.receive(ascii("1\n2\n"))].map(shown), ["newline", "2$"]);
  assertEquals(requests.isOpen, false);
});

Deno.test("a silence ends a request that was too long, without a second answer", () => {
  const sent = concat(ascii(LARGEST), ascii("1111"));
  assertEquals(requestsIn([sent, ascii("1~2\n")]), ["too long", "2$"]);
});
