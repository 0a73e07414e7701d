import { assertEquals } from "@std/assert";
import { must, succeeds } from "../support/command.ts";
import { TempDir } from "../support/data.ts";
import { commandLine, freePort, startCommand } from "../support/program.ts";

/** Why system calls can't be watched here; `undefined` where they can. */
async function lacks(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it needs Linux";
  if (Deno.uid() !== 0) return "it needs root";
  return await succeeds("strace", "-o", "/dev/null", "true") ? undefined : "it needs strace";
}

const lack = await lacks();

/** Each program with arguments that make it serve. */
const SERVERS = [
  ["accio-server", (port: number, dir: string) => [`${port}`, dir]],
  ["accio-server-s", (port: number) => [`${port}`]],
  ["accio", (port: number) => ["calculator-server", "--serve=threads", "127.0.0.1", `${port}`]],
] as const;

/** Where the runtime may look without a hint from its user: nobody but root can write there. */
const OF_THE_SYSTEM =
  /^\/(?:proc|sys|etc|lib|lib64|usr\/lib)(?:\/|$)|^\/dev\/(?:null|u?random|tty)$/;

/** What would be run if the program looked at it. */
const PLANTED = 'Deno.writeTextFileSync("planted", ""); throw new Error("planted code ran");';

/** Fills a directory with what a runtime might take for its configuration. */
async function plant(dir: TempDir, program: string): Promise<void> {
  const files = {
    "deno.json": `{"imports":{"@std/cli":"./planted.js"},"preload":["./planted.js"]}`,
    "package.json": `{"type":"module","main":"planted.js"}`,
    ".npmrc": "node-options=--require ./planted.js\n",
    ".env": "NODE_OPTIONS=--require ./planted.js\n",
    "planted.js": PLANTED,
    [`deno-compile-${program}.cache`]: PLANTED,
  };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(dir.file(name), text);
  await Deno.mkdir(dir.file("node_modules"));
  await Deno.chmod(dir.path, 0o777);
}

/** Variables that point a runtime at a directory. */
function hostile(dir: string): string[] {
  const file = `${dir}/planted.js`;
  return [
    ...["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DENO_DIR", "DENO_INSTALL_ROOT"]
      .map((name) => `${name}=${dir}`),
    ...["NODE_PATH", "NODE_EXTRA_CA_CERTS", "DENO_CERT", "NPM_CONFIG_USERCONFIG"]
      .map((name) => `${name}=${file}`),
    `NODE_OPTIONS=--require ${file}`,
    `DENO_V8_FLAGS=--logfile=${dir}/v8.log --prof`,
    `V8_FLAGS=--logfile=${dir}/v8.log --prof`,
    "DENO_NO_PACKAGE_JSON=",
    "DENO_COMPAT=1",
  ];
}

/** Who starts a program, in what surroundings. */
const STARTS = [
  ["root", [], () => []],
  ["a user", ["setpriv", "--reuid=54322", "--regid=54322", "--clear-groups"], () => []],
  ["a user with hostile variables", ["setpriv", "--reuid=54322", "--clear-groups"], hostile],
] as const;

for (const [name, args] of SERVERS) {
  for (const [who, as, variables] of STARTS) {
    Deno.test({
      name: `${name} started by ${who} opens nothing but its own file, the system's, and what its` +
        ` arguments name${lack ? ` (skipped: ${lack})` : ""}`,
      ignore: lack !== undefined,
      async fn() {
        await using here = new TempDir();
        await plant(here, name);
        await using own = new TempDir();
        await Deno.chmod(own.path, 0o777);
        const binary = own.file(name);
        await Deno.copyFile(commandLine(name)[0], binary);
        const calls = own.file("calls");
        const save = own.file("save");
        await using server = startCommand([
          "strace",
          ...["-f", "-qq", "-o", calls, "-e", "trace=open,openat,openat2,creat,execve"],
          ...["env", "-i", ...variables(here.path), ...as],
          ...[binary, ...args(freePort(), save)],
        ], { cwd: here.path });
        await server.stderr.until(/^listening on .*$/m);
        // strace has one child: the program, which took the place of env and setpriv.
        const children = `/proc/${server.pid}/task/${server.pid}/children`;
        Deno.kill(Number(await must("cat", children)), "SIGTERM");
        assertEquals((await server.outcome()).code, 0);
        const isAllowed = (path: string) =>
          OF_THE_SYSTEM.test(path) || path === binary || `${path}/`.startsWith(`${save}/`);
        assertEquals((await opened(calls, binary)).filter((path) => !isAllowed(path)), []);
        assertEquals(here.names().includes("planted"), false);
      },
    });
  }
}

/** The paths that were asked for, from the moment when the program itself was started. */
async function opened(calls: string, binary: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(calls)).split("\n");
  const start = lines.findIndex((line) => line.includes(`execve("${binary}"`));
  const paths = lines.slice(start + 1).map((line) =>
    /(?:open\w*|creat|execve)\([^"]*"([^"]*)"/.exec(line)
  );
  return [...new Set(paths.flatMap((found) => found?.[1] ?? []))];
}
