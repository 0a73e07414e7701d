import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { must, succeeds } from "../support/command.ts";
import { ascii, TempDir } from "../support/data.ts";
import { MemoryDisk } from "../support/memory_disk.ts";
import { commandLine, freePort, ROOT, startCommand } from "../support/program.ts";
import { upload } from "../support/upload.ts";

const [BINARY] = commandLine("accio-server");
const lacksMount = await MemoryDisk.lacks();
const lacksSystemd = await succeeds("systemd-analyze", "--version")
  ? undefined
  : "it needs systemd-analyze";

function deployTest(name: string, lacks: string | undefined, fn: () => Promise<void>): void {
  Deno.test({
    name: lacks === undefined ? name : `${name} (skipped: ${lacks})`,
    ignore: lacks !== undefined,
    fn,
  });
}

deployTest("systemd finds nothing wrong with the unit", lacksSystemd, async () => {
  await using dir = new TempDir();
  const unit = await Deno.readTextFile(join(ROOT, "deploy", "accio-server.service"));
  const here = unit.replace("/usr/local/bin/accio-server", BINARY);
  const path = await dir.write("accio-server.service", ascii(here));
  await must("systemd-analyze", "verify", path);
});

deployTest(
  "with what rootfs.sh lays out and nothing else, accio-server serves, without root",
  lacksMount,
  async () => {
    await using dir = new TempDir();
    const root = dir.file("root");
    await must(join(ROOT, "deploy", "rootfs.sh"), BINARY, root);
    const port = freePort();
    // The mount is gone with its namespace, when the server ends.
    await using server = startCommand(
      [
        ...["unshare", "--mount", "sh", "-c"],
        'PATH=$PATH:/usr/sbin; mount -t proc proc "$1/proc" && exec chroot --userspec=65532:65532 "$@"',
        ...["sh", root, "/accio-server", `${port}`, "/save", "--atomic", "--continue", "--fsync"],
      ] as const,
    );
    await server.stderr.until(/^listening/m);
    await upload(port, ascii("data"));
    assertEquals(await Deno.readTextFile(join(root, "save", "1.file")), "data");
    assertEquals((await Deno.stat(join(root, "save", "1.file"))).uid, 65532);
    server.signal("SIGTERM");
    assertEquals((await server.outcome()).code, 0);
  },
);
