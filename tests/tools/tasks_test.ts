import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { copy, exists, TempDir } from "../support/data.ts";
import { ROOT, startCommand } from "../support/program.ts";

Deno.test("a deno.json in a folder above the repository does not affect its tasks", async () => {
  await using above = new TempDir();
  const repository = above.file("accio");
  await Deno.mkdir(repository);
  for (const part of ["deno.json", "deno.lock", "lib", "server.ts", "tools", "vendor"]) {
    if (exists(`${ROOT}${part}`)) await copy(`${ROOT}${part}`, `${repository}/${part}`);
  }
  const planted = {
    workspace: ["./accio"],
    imports: { "@std/path/join": "./planted.ts" },
    tasks: { std: "echo planted" },
  };
  await Deno.writeTextFile(above.file("deno.json"), JSON.stringify(planted));
  await Deno.writeTextFile(above.file("planted.ts"), `console.log("planted");`);
  const command = [Deno.execPath(), "task", "--quiet", "start", "--version"] as const;
  await using task = startCommand(command, { cwd: repository });
  const { code, stdout } = await task.outcome();
  const version =
    `accio-server ${config.version} (Deno ${Deno.version.deno}, ${Deno.build.target})`;
  assertEquals({ code, stdout }, { code: 0, stdout: `${version}\n` });
});
