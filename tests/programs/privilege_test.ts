import config from "../../deno.json" with { type: "json" };
import { TempDir } from "../support/data.ts";
import { freePort, sourceTest, startCommand } from "../support/program.ts";
import { Socket } from "../support/socket.ts";

const { start, "start:s": startS, accio } = config.tasks;

/** What each server keeps once it listens. */
const SERVERS = [
  ["accio-server", start, ["PORT", "DIR"], "read, write"],
  ["accio-server-s", startS, ["PORT"], "nothing"],
  ["message-server", accio, ["message-server", "PORT"], "nothing"],
  ["echo-server", accio, ["echo-server", "127.0.0.1", "PORT"], "nothing"],
  ["calculator-server", accio, ["calculator-server", "127.0.0.1", "PORT"], "nothing"],
  [
    "calculator-server, one at a time",
    accio,
    ["calculator-server", "--serve=one", "127.0.0.1", "PORT"],
    "net",
  ],
  [
    "calculator-server, on threads",
    accio,
    ["calculator-server", "--serve=threads", "127.0.0.1", "PORT"],
    "read",
  ],
] as const;

for (const [name, task, words, kept] of SERVERS) {
  sourceTest(
    `once it listens, ${name} gives up every permission but what it needs: ${kept}`,
    async () => {
      await using dir = new TempDir();
      const port = freePort();
      const [, run = "", ...rest] = task.command.split(" ");
      const values: Readonly<Record<string, string>> = { PORT: `${port}`, DIR: dir.path };
      await using server = startCommand([
        Deno.execPath(),
        ...[run, "--preload=tests/support/tell_permissions.ts", ...rest],
        ...words.map((word) => values[word] ?? word),
      ]);
      await server.stderr.until(/^listening/m);
      using _ = await Socket.connect(port);
      await server.stderr.until(new RegExp(`^may still: ${kept}$`, "m"));
    },
  );
}
