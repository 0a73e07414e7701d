import config from "../../deno.json" with { type: "json" };
import { Compiler } from "../../tools/compiler.ts";
import { TempDir } from "../support/data.ts";
import { freePort, startCommand } from "../support/program.ts";
import { Socket } from "../support/socket.ts";

const { start, "start:s": startS } = config.tasks;

/** What each server keeps once it listens. */
const SERVERS = [
  ["server", start, "read, write"],
  ["server-s", startS, "nothing"],
] as const;

for (const [name, task, kept] of SERVERS) {
  Deno.test(`once it listens, compiled accio-${name} gives up every permission but what it needs: ${kept}`, async () => {
    await using dir = new TempDir();
    const binary = dir.file("telling-server");
    await new Compiler(() => {}).compile(
      Deno.build.target,
      binary,
      task.command.replace(/\S+$/, "tests/binaries/telling_server.ts"),
    );
    const port = freePort();
    const operands = name === "server" ? [`${port}`, dir.file("save")] : [`${port}`];
    await using server = startCommand([binary, name, ...operands]);
    await server.stderr.until(/^listening/m);
    using _ = await Socket.connect(port);
    await server.stderr.until(new RegExp(`^may still: ${kept}$`, "m"));
  });
}
