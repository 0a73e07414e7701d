import config from "../../deno.json" with { type: "json" };
import { freePort, startCommand } from "../support/program.ts";

Deno.test("only the grader may run programs: every other one gives that up as it starts", async () => {
  const [, run = "", ...rest] = config.tasks.accio.command.split(" ");
  const preload = "--preload=tests/grade/run_when_listening.ts";
  await using server = startCommand([
    Deno.execPath(),
    ...[run, preload, ...rest],
    ...["echo-server", "127.0.0.1", `${freePort()}`],
  ]);
  await server.stderr.until(/^may not run programs$/m);
});
