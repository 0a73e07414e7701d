/**
 * What docs/protocol.md shows: its diagrams are played against our programs,
 * and its programs talk to ours.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { ascii, concat, TempDir } from "../support/data.ts";
import { freePort, ROOT, start, startCommand, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";

const DOCUMENT = await Deno.readTextFile(join(ROOT, "docs", "protocol.md"));

/** One line of a diagram: who sends what, or what the server has got in the end. */
interface Step {
  readonly who: "client" | "server" | "file";
  /** Nothing is FIN. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

interface Diagram {
  readonly edition: string;
  readonly steps: readonly Step[];
}

const DIAGRAMS: readonly Diagram[] = Array.from(
  DOCUMENT.matchAll(/<!-- edition: (\w+) -->\n\n```text\n(.*?)```/gs),
  ([, edition = "", text = ""]) => ({ edition, steps: parse(text) }),
);

function parse(diagram: string): Step[] {
  const steps: Step[] = [];
  for (const line of diagram.trimEnd().split("\n")) {
    const [, who = "", end, hex = "", text = ""] =
      /^(client|server|file|) +(?:(FIN)|((?:[0-9a-f]{2} )+) *(\S+))$/.exec(line) ?? [];
    const bytes = end === undefined ? Uint8Array.from(hex.trim().split(" "), fromHex) : undefined;
    if (bytes !== undefined) assertEquals(bytes, spelled(text), `what stands right in: ${line}`);
    const last = steps.at(-1);
    if (who === "client" || who === "server" || who === "file") {
      steps.push({ who, bytes });
    } else {
      assert(last?.bytes !== undefined && bytes !== undefined, `${line} continues nothing`);
      steps.splice(-1, 1, { ...last, bytes: concat(last.bytes, bytes) });
    }
  }
  return steps;
}

function fromHex(digits: string): number {
  return parseInt(digits, 16);
}

function spelled(text: string): Uint8Array {
  return ascii(text.replaceAll("\\r", "\r").replaceAll("\\n", "\n").replaceAll("·", " "));
}

/** Does what one side does in a diagram, and checks what the other one does. */
async function play(side: "client" | "server", steps: readonly Step[], socket: Socket) {
  for (const { who, bytes } of steps) {
    if (who === "file") continue;
    if (who === side) {
      await (bytes === undefined ? socket.finish() : socket.send(bytes));
    } else {
      const came = await (bytes === undefined ? socket.readToEnd() : socket.read(bytes.length));
      assertEquals(came, bytes ?? new Uint8Array(0));
    }
  }
}

for (const [index, { edition, steps }] of DIAGRAMS.entries()) {
  const spoken = edition === "headers" ? ["headers"] : [edition, "auto"];
  for (const protocol of new Set(spoken)) {
    Deno.test(`diagram ${index + 1} is what a server does with --protocol=${protocol}`, async () => {
      await using dir = new TempDir();
      await using server = await startServer(
        "accio-server",
        (port) => [port, dir.path, `--protocol=${protocol}`],
      );
      using socket = await Socket.connect(server.port);
      await play("client", steps, socket);
      const file = steps.find(({ who }) => who === "file");
      assertEquals(await Deno.readFile(dir.file("1.file")), file?.bytes);
    });
  }
}

for (const edition of ["plain", "confirm", "headers"]) {
  Deno.test(`the first diagram of ${edition} is what our client does`, async () => {
    const diagram = DIAGRAMS.find((diagram) => diagram.edition === edition);
    assert(diagram !== undefined);
    await using dir = new TempDir();
    const path = await dir.write("hello.txt", ascii("hello"));
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    await using client = start("accio client", ["127.0.0.1", port, path, `--protocol=${edition}`]);
    using socket = new Socket(await listener.accept());
    await play("server", diagram.steps, socket);
    socket.close();
    assertEquals(await client.outcome(), { code: 0, stdout: "", stderr: "" });
  });
}

/** Writes one of the document's programs to a file and returns its path. */
async function program(name: string, dir: TempDir): Promise<string> {
  const pattern = new RegExp(`<!-- run: ${name} -->\n\n\`\`\`python\n(.*?)\`\`\``, "s");
  return await dir.write(`${name}.py`, ascii(pattern.exec(DOCUMENT)?.[1] ?? ""));
}

Deno.test("the document's client sends a file to our server", async () => {
  await using dir = new TempDir();
  await using server = await startServer("accio-server-s", (port) => [port]);
  const client = await program("client", dir);
  const { size } = await Deno.stat(client);
  await using sending = startCommand([
    "python3",
    client,
    "127.0.0.1",
    `${server.port}`,
    client,
  ]);
  assertEquals(await sending.outcome(), { code: 0, stdout: "", stderr: "" });
  await server.process.stdout.until(new RegExp(`^${size}\n$`));
});

Deno.test("the document's server counts the file that our client sends", async () => {
  await using dir = new TempDir();
  const port = freePort();
  const path = await program("server", dir);
  const { size } = await Deno.stat(path);
  await using server = startCommand(["python3", path, `${port}`]);
  await eventually(async () => {
    await using client = start("accio client", ["127.0.0.1", port, path, "--protocol=plain"]);
    return (await client.outcome()).code === 0;
  }, () => `a server on port ${port}: ${server.stderr.text}`);
  await server.stdout.until(new RegExp(`^${size}\n$`));
});
