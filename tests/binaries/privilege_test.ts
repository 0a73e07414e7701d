import { Compiler } from "../../tools/compiler.ts";
import { TempDir } from "../support/data.ts";
import { freePort, startCommand } from "../support/program.ts";
import { Socket } from "../support/socket.ts";

/** What each server keeps once it listens, of all that the programs together are compiled with. */
const KEPT = { "server": "read, write", "server-s": "nothing" } as const;

Deno.test("once they listen, compiled servers give up every permission but what they need", async () => {
  await using dir = new TempDir();
  const binary = dir.file("telling-server");
  await new Compiler(Deno.build.target, () => {}).compile(
    binary,
    { permissions: "accio", entry: "tests/binaries/telling_server.ts" },
  );
  for (const [name, kept] of Object.entries(KEPT)) {
    const port = freePort();
    const operands = name === "server" ? [`${port}`, dir.file("save")] : [`${port}`];
    await using server = startCommand([binary, name, ...operands]);
    await server.stderr.until(/^listening/m);
    using _ = await Socket.connect(port);
    await server.stderr.until(new RegExp(`^may still: ${kept}$`, "m"));
  }
});
