import { freePort, runCommand, startCommand } from "../support/program.ts";

Deno.test("only the grader may run programs; the others drop that permission at the start", async () => {
  const preload = "--preload=tests/grade/run_when_listening.ts";
  const words = ["main.ts", "echo-server", "127.0.0.1", `${freePort()}`];
  await using server = startCommand(runCommand("accio", preload, ...words));
  await server.stderr.until(/^may not run programs$/m);
});
