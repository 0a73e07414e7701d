import { assert, assertEquals } from "@std/assert";
import { must } from "../support/command.ts";
import { ascii, exists, hash, LARGEST_BLOCK, randomBytes, TempDir } from "../support/data.ts";
import { faultTest, tell } from "../support/faults.ts";
import { MemoryDisk } from "../support/memory_disk.ts";
import { type Server, startServer } from "../support/program.ts";
import { Socket } from "../support/socket.ts";
import { eventually } from "../support/time.ts";
import { finish, greeted, upload } from "../support/upload.ts";

const lacks = await MemoryDisk.lacks();
const FORMS = [[], ["--atomic"], ["--fsync"], ["--atomic", "--fsync"]] as const;

function serve(dir: string, ...options: readonly string[]): Promise<Server> {
  return startServer("accio-server", (port) => [port, dir, ...options]);
}

/** What is saved under a name; nothing where there is no such file. */
async function saved(path: string): Promise<string> {
  return exists(path) ? await Deno.readTextFile(path) : "";
}

for (const options of FORMS) {
  const name = ["a full disk in the middle of one of ten transfers", ...options].join(" ");
  faultTest(`${name}: that one is ERROR, all others are whole`, async () => {
    await using disk = await MemoryDisk.create("size=40m");
    await using server = await serve(disk.path, ...options);
    const files = Array.from({ length: 9 }, (_, i) => randomBytes(4_000_000, i + 1));
    const sockets: Socket[] = [];
    for (const bytes of files) {
      const socket = await greeted(server.port);
      await socket.send(bytes.subarray(0, LARGEST_BLOCK + 1));
      sockets.push(socket);
    }
    const tenth = await greeted(server.port);
    // This one takes all the room, and gives it back when it fails.
    await tenth.send(randomBytes(40_000_000)).catch(() => {});
    await finish(tenth);
    tenth.close();
    await server.process.stderr.until(/^10 \S+: error: No space left on device$/m);
    assertEquals(await saved(disk.file("10.file")), "ERROR");
    for (const [i, socket] of sockets.entries()) {
      await socket.send((files[i] ?? new Uint8Array()).subarray(LARGEST_BLOCK + 1));
      await finish(socket);
      socket.close();
    }
    for (const [i, bytes] of files.entries()) {
      assertEquals(hash(await Deno.readFile(disk.file(`${i + 1}.file`))), hash(bytes));
    }

    await disk.fill();
    await upload(server.port, randomBytes(100_000));
    await server.process.stderr.until(
      /^11 \S+: error: No space left on device; ERROR could not be written: No space/m,
    );
    assertEquals(await saved(disk.file("11.file")), "");
    // A transfer that is an error for another reason, where there is no room to say so.
    const reset = await greeted(server.port);
    await reset.send(ascii("confirm-accio\r\nwrong"));
    await reset.readToEnd();
    reset.close();
    await server.process.stderr.until(/^12 \S+: error: /m);
    assertEquals(await saved(disk.file("12.file")), "");

    await disk.empty();
    await upload(server.port, ascii("there is room again"));
    assertEquals(await saved(disk.file("13.file")), "there is room again");
    tell({ name, done: "once", lost: 0, figures: "nine files whole, one ERROR; then as before" });
  }, { lacks });
}

faultTest("a disk without room for another name is an error until there is room", async () => {
  await using disk = await MemoryDisk.create("size=1m,nr_inodes=4");
  await using server = await serve(disk.path);
  for (let i = 1; i <= 3; i++) await upload(server.port, ascii(`${i}`));
  await upload(server.port, ascii("4"));
  await server.process.stderr.until(
    /^4 \S+: error: No space left on device; ERROR could not be written: No space/m,
  );
  assert(!exists(disk.file("4.file")));
  await Deno.remove(disk.file("1.file"));
  await upload(server.port, ascii("5"));
  assertEquals(await saved(disk.file("5.file")), "5");
}, { lacks });

faultTest("DIR that becomes read-only: errors meanwhile, none once it is writable", async () => {
  await using disk = await MemoryDisk.create("size=1m");
  await Deno.writeTextFile(disk.file("2.file"), "older");
  await using server = await serve(disk.path);
  await upload(server.port, ascii("1"));
  await disk.remount("ro");
  await upload(server.port, ascii("2"));
  // The older file can't be removed; it is told that it is not the new one.
  await server.process.stderr.until(/^2 \S+: error: Read-only file system/m);
  await upload(server.port, ascii("3"));
  await server.process.stderr.until(/^3 \S+: error: Read-only file system/m);
  await disk.remount("rw");
  await upload(server.port, ascii("4"));
  assertEquals(await saved(disk.file("4.file")), "4");
}, { lacks });

for (const options of [[], ["--atomic"]]) {
  const name = ["DIR that is replaced by a link", ...options].join(" ");
  faultTest(`${name}: nothing is written or removed where it leads`, async () => {
    await using dir = new TempDir();
    await using outside = new TempDir();
    for (const name of ["1.file", "2.file", ".2.file.part"]) {
      await outside.write(name, ascii("untouched"));
    }
    const save = dir.file("save");
    await Deno.mkdir(save);
    await Deno.writeTextFile(`${save}/2.file`, "older");
    await using server = await serve(save, ...options);
    using first = await greeted(server.port);
    await first.send(new Uint8Array(LARGEST_BLOCK + 1));
    const stage = `${save}/${options.includes("--atomic") ? ".1.file.part" : "1.file"}`;
    await eventually(() => exists(stage), () => stage);
    await Deno.rename(save, dir.file("moved"));
    await Deno.symlink(outside.path, save);
    await finish(first);
    await upload(server.port, ascii("second"));
    assertEquals(outside.names(), [".2.file.part", "1.file", "2.file"]);
    for (const name of outside.names()) {
      assertEquals(await Deno.readTextFile(outside.file(name)), "untouched");
    }
    // It is still the directory that it was.
    assertEquals((await Deno.stat(dir.file("moved", "1.file"))).size, LARGEST_BLOCK + 1);
    assertEquals(await Deno.readTextFile(dir.file("moved", "2.file")), "second");
  });
}

faultTest("DIR that is replaced by a file: errors meanwhile, and the file stays", async () => {
  await using dir = new TempDir();
  const save = dir.file("save");
  await using server = await serve(save);
  await Deno.remove(save);
  await Deno.writeTextFile(save, "a file");
  await upload(server.port, ascii("1"));
  await server.process.stderr.until(/^1 \S+: error: DIR was removed/m);
  assertEquals(await Deno.readTextFile(save), "a file");
});

faultTest("names that were in DIR before are replaced, never followed or waited for", async () => {
  await using dir = new TempDir();
  await using outside = new TempDir();
  const target = await outside.write("target", ascii("untouched"));
  await outside.write("inside", ascii("untouched"));
  await Deno.symlink(target, dir.file("1.file"));
  await Deno.symlink(outside.path, dir.file("2.file"));
  await must("mkfifo", dir.file("3.file"));
  await Deno.mkdir(dir.file("4.file", "inside"), { recursive: true });
  await Deno.symlink(outside.path, dir.file("4.file", "link"));
  await Deno.writeTextFile(dir.file("5.file"), "older and longer", { mode: 0o400 });
  await Deno.symlink(dir.file("nowhere"), dir.file("6.file"));
  await Deno.symlink(dir.file("7.file"), dir.file("7.file"));
  await using server = await serve(dir.path);
  for (let i = 1; i <= 7; i++) {
    await upload(server.port, ascii(`new ${i}`));
    assertEquals(await Deno.readTextFile(dir.file(`${i}.file`)), `new ${i}`);
    assert((await Deno.lstat(dir.file(`${i}.file`))).isFile);
  }
  assertEquals(dir.names().length, 7);
  assertEquals(outside.names(), ["inside", "target"]);
  assertEquals(await Deno.readTextFile(target), "untouched");
});
