import { assertEquals, assertThrows } from "@std/assert";
import {
  ClientHandshake,
  type Edition,
  MAX_HEADER_BYTES,
  ProtocolError,
  ServerHandshake,
} from "../../lib/accio/protocol.ts";
import { ascii, concat, splits } from "../support/data.ts";

const FIRST = "confirm-accio\r\n";
const SECOND = "confirm-accio-again\r\n";
const HEADERS = 'Content-Disposition: attachment; filename="a b.bin"\r\n' +
  "Content-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\n";

/** What a whole conversation comes to: all replies, and the file or the error. */
type Result = { replies: string; file: string } | "error";

function converse(
  edition: Edition | "auto",
  pieces: readonly Uint8Array[],
): Result {
  const handshake = new ServerHandshake(edition);
  let replies = "";
  let file = "";
  try {
    for (const piece of pieces) {
      // The connection uses its memory again: so does this.
      const lent = piece.slice();
      const step = handshake.receive(lent);
      replies += text(step.reply);
      file += text(step.file);
      lent.fill(0xff);
    }
    return { replies, file: file + text(handshake.close()) };
  } catch (error) {
    if (error instanceof ProtocolError) return "error";
    throw error;
  }
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const GREETED = "accio\r\n";
const CASES: readonly [
  edition: Edition | "auto",
  sent: string,
  expected: Result,
][] = [
  ["plain", "", { replies: "", file: "" }],
  ["plain", "data", { replies: "", file: "data" }],
  ["plain", FIRST, { replies: "", file: FIRST }],
  ["auto", "", { replies: "", file: "" }],
  ["auto", "data", { replies: "", file: "data" }],
  ["auto", "confirm-accio\rx", { replies: "", file: "confirm-accio\rx" }],
  ["auto", "confirm-accio\n", { replies: "", file: "confirm-accio\n" }],
  ["auto", HEADERS, { replies: "", file: HEADERS }],
  ["auto", `${FIRST}${SECOND}\r\ndata`, { replies: GREETED, file: "data" }],
  ["auto", `${FIRST}data`, "error"],
  ["confirm", `${FIRST}${SECOND}\r\ndata`, { replies: GREETED, file: "data" }],
  ["confirm", `${FIRST}${SECOND}data`, { replies: GREETED, file: "data" }],
  ["confirm", `${FIRST}${SECOND}\r\n`, { replies: GREETED, file: "" }],
  ["confirm", `${FIRST}${SECOND}`, { replies: GREETED, file: "" }],
  ["confirm", `${FIRST}${SECOND}\r\n\r\n`, { replies: GREETED, file: "\r\n" }],
  ["confirm", `${FIRST}${SECOND}\r`, { replies: GREETED, file: "\r" }],
  ["confirm", `${FIRST}${SECOND}\rx`, { replies: GREETED, file: "\rx" }],
  ["confirm", `${FIRST}${SECOND}\n`, { replies: GREETED, file: "\n" }],
  ["confirm", `${FIRST}${SECOND}${FIRST}`, { replies: GREETED, file: FIRST }],
  ["confirm", "data", "error"],
  ["confirm", `${FIRST}${FIRST}`, "error"],
  ["headers", `${HEADERS}12345`, { replies: "", file: "12345" }],
  ["headers", `${HEADERS}1234`, "error"],
  ["headers", `${HEADERS}123456`, "error"],
  ["headers", HEADERS.replace("5", "0"), { replies: "", file: "" }],
  ["headers", `${HEADERS.replace("5", "007")}\r\n\r\n123`, {
    replies: "",
    file: "\r\n\r\n123",
  }],
  ["headers", HEADERS.replace("a b", "../\xe9\"'").replace("5", "0"), {
    replies: "",
    file: "",
  }],
  ["headers", HEADERS.replace("5", "-5"), "error"],
  ["headers", HEADERS.replace("5", "99999999999999999999"), "error"],
  ["headers", HEADERS.replace("octet-stream", "json"), "error"],
  ["headers", `X: y\r\n${HEADERS}12345`, "error"],
  ["headers", "data", "error"],
];

for (const [edition, sent, expected] of CASES) {
  Deno.test(`server, ${edition}: ${JSON.stringify(sent)} in every split`, () => {
    const bytes = Uint8Array.from(sent, (char) => char.charCodeAt(0));
    for (const pieces of splits(bytes)) {
      assertEquals(
        converse(edition, pieces),
        expected,
        pieces.map(text).join(" | "),
      );
    }
  });
}

Deno.test("server: every prefix of a handshake that ends in a close is an error, but for auto a plain file", () => {
  const confirm = `${FIRST}${SECOND}`;
  for (let length = 0; length < confirm.length; length++) {
    const prefix = confirm.slice(0, length);
    assertEquals(converse("confirm", [ascii(prefix)]), "error", prefix);
    const plain = { replies: "", file: prefix };
    const expected = length < FIRST.length ? plain : "error";
    assertEquals(converse("auto", [ascii(prefix)]), expected, prefix);
  }
  for (let length = 0; length < HEADERS.length; length++) {
    const prefix = HEADERS.slice(0, length);
    assertEquals(converse("headers", [ascii(prefix)]), "error", prefix);
  }
});

Deno.test("server: a prefix of a handshake that is followed by silence gives no file yet", () => {
  const handshakes = [
    ["auto", FIRST + SECOND],
    ["confirm", FIRST + SECOND],
    ["headers", HEADERS],
  ] as const;
  for (const [edition, bytes] of handshakes) {
    for (let length = 0; length <= bytes.length; length++) {
      const { reply, file } = new ServerHandshake(edition)
        .receive(ascii(bytes.slice(0, length)));
      const confirmed = edition !== "headers" && length >= FIRST.length;
      assertEquals(text(reply), confirmed ? GREETED : "");
      assertEquals(text(file), "");
    }
  }
});

Deno.test("server: a wrong handshake is noticed at its first wrong byte", () => {
  const wrong = [
    ["confirm", "confirm-accix"],
    ["auto", `${FIRST}confirm-accio-agaix`],
    ["headers", "Content-Length: 5"],
  ] as const;
  for (const [edition, bytes] of wrong) {
    const handshake = new ServerHandshake(edition);
    assertThrows(() => handshake.receive(ascii(bytes)), ProtocolError);
  }
});

Deno.test("server: a header block without end is an error", () => {
  const endless = HEADERS.replace("a b", "x".repeat(MAX_HEADER_BYTES));
  assertThrows(
    () => new ServerHandshake("headers").receive(ascii(endless)),
    ProtocolError,
  );
});

Deno.test("server: the file's bytes are passed on without a copy", () => {
  const bytes = ascii("data");
  assertEquals(
    new ServerHandshake("auto").receive(bytes).file.buffer,
    bytes.buffer,
  );
});

const HEADER = { name: 'a"\r\n\\b.bin', length: 5 };
const CLIENT_CASES = [
  ["plain", GREETED, ""],
  ["confirm", GREETED + GREETED, `${FIRST}${SECOND}\r\n`],
  [HEADER, GREETED, HEADERS.replace("a b", "a____b")],
] as const;

for (const [edition, received, expected] of CLIENT_CASES) {
  const name = typeof edition === "string" ? edition : "headers";
  Deno.test(`client, ${name}: answers each greeting, in every split`, () => {
    for (const pieces of splits(ascii(received))) {
      const handshake = new ClientHandshake(edition);
      const steps = pieces.map((piece) => handshake.receive(piece));
      assertEquals(text(concat(...steps.map(({ reply }) => reply))), expected);
      assertEquals(steps.at(-1)?.ready, true);
    }
  });

  Deno.test(`client, ${name}: is not ready before the last byte of the last greeting`, () => {
    for (let length = 0; length < received.length; length++) {
      const step = new ClientHandshake(edition)
        .receive(ascii(received.slice(0, length)));
      assertEquals(step.ready, false);
    }
  });
}

Deno.test("client: anything but the greeting is an error at its first wrong byte", () => {
  for (const bytes of ["x", "accio\n", "Accio", "accio\r\nx"]) {
    const handshake = new ClientHandshake("confirm");
    assertThrows(() => handshake.receive(ascii(bytes)), ProtocolError);
  }
});
