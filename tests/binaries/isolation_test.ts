import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { hashFile, randomBytes, TempDir } from "../support/data.ts";
import { NetworkNamespace } from "../support/network_namespace.ts";
import { commandLine, startCommand } from "../support/program.ts";

const lacks = await NetworkNamespace.lacks();
/** What the ten files have each, in bytes, before each signal. */
const ROUNDS = [
  ["SIGINT", 100 * 1024 * 1024],
  ["SIGTERM", 1_000_000],
  ["SIGQUIT", 0],
] as const;

Deno.test({
  name: "copied alone to a machine with nothing else, accio-server receives ten 100 MiB files," +
    ` exits 0 on each signal, and writes nothing outside DIR${lacks ? ` (skipped: ${lacks})` : ""}`,
  ignore: lacks !== undefined,
  async fn() {
    await using network = await NetworkNamespace.create();
    await using dir = new TempDir();
    await Deno.chmod(dir.path, 0o555); // The working directory is not writable.
    const binary = dir.file("accio-server");
    await Deno.copyFile(commandLine("accio-server")[0], binary);
    await Deno.mkdir(dir.file("own"));
    await NetworkNamespace.give(dir.file("own"));
    await using data = new TempDir();
    const own = [dir.file("own")];
    for (const [signal, size] of ROUNDS) {
      const sent = await data.write("sent", randomBytes(size));
      const expected = await hashFile(sent);
      const save = dir.file("own", signal);
      await using server = startCommand(
        network.unprivileged("./accio-server", "5000", save),
        { cwd: dir.path },
      );
      await server.stderr.until(/^listening on 0\.0\.0\.0:5000$/m);
      const clients = Array.from({ length: 10 }, () =>
        startCommand(network.inside(
          ...["python3", "tests/clients/accio_client.py", "127.0.0.1", "5000", sent, "confirm"],
        )));
      for (const client of clients) {
        await using ended = client;
        const { code, stderr } = await ended.outcome();
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
      }
      server.signal(signal);
      assertEquals((await server.outcome()).code, 0);
      const files = Array.from({ length: 10 }, (_, i) => join(save, `${i + 1}.file`));
      assertEquals(await Promise.all(files.map(hashFile)), files.map(() => expected));
      own.push(save, ...files);
    }
    assertEquals((await NetworkNamespace.belongings()).sort(), own.sort());
  },
});
