import { TempDir } from "../support/data.ts";
import { freePort, runCommand, sourceTest, startCommand } from "../support/program.ts";
import { Socket } from "../support/socket.ts";

/** What each server keeps once it listens. */
const SERVERS = [
  ["accio-server", "server", ["server.ts", "PORT", "DIR"], "read, write"],
  ["accio-server-s", "server-s", ["server_s.ts", "PORT"], "nothing"],
  ["message-server", "accio", ["main.ts", "message-server", "PORT"], "nothing"],
  ["echo-server", "accio", ["main.ts", "echo-server", "127.0.0.1", "PORT"], "nothing"],
  ["calculator-server", "accio", ["main.ts", "calculator-server", "127.0.0.1", "PORT"], "nothing"],
  [
    "calculator-server, one at a time",
    "accio",
    ["main.ts", "calculator-server", "--serve=one", "127.0.0.1", "PORT"],
    "net",
  ],
  [
    "calculator-server, on threads",
    "accio",
    ["main.ts", "calculator-server", "--serve=threads", "127.0.0.1", "PORT"],
    "read",
  ],
] as const;

for (const [name, permissions, words, kept] of SERVERS) {
  sourceTest(
    `once it listens, ${name} gives up every permission but what it needs: ${kept}`,
    async () => {
      await using dir = new TempDir();
      const port = freePort();
      const values: Readonly<Record<string, string>> = { PORT: `${port}`, DIR: dir.path };
      await using server = startCommand(runCommand(
        permissions,
        "--preload=tests/support/tell_permissions.ts",
        ...words.map((word) => values[word] ?? word),
      ));
      await server.stderr.until(/^listening/m);
      using _ = await Socket.connect(port);
      await server.stderr.until(new RegExp(`^may still: ${kept}$`, "m"));
    },
  );
}
