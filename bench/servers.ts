/**
 * Who is measured: our servers, and what a user would otherwise take.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";

const BENCH = fromFileUrl(new URL(".", import.meta.url));
const DIST = join(BENCH, "..", "dist");

/** What a server does with what it receives. */
export type Work = "count" | "save";

/** A server that can be measured. It says that it listens on stderr. */
export interface Server {
  readonly name: string;
  readonly greets: boolean;
  /** Whether it speaks the confirm edition. */
  readonly confirms: boolean;
  /** Why it can't serve many that stay, if it can't. */
  readonly limit?: string;
  /** How it is started; `undefined` where it does not do that work. */
  readonly command: (work: Work, port: string, dir: string) => readonly string[] | undefined;
}

function c(name: string, how: string, binary: string): Server {
  return {
    name,
    greets: true,
    confirms: true,
    command: (work, port, dir) => [binary, port, work, how, dir],
  };
}

function python(name: string, buffer: number): Server {
  const script = join(BENCH, "peers", "threads.py");
  return {
    name,
    greets: true,
    confirms: true,
    command: (work, port, dir) => ["python3", script, port, work, `${buffer}`, dir],
  };
}

function saving(
  name: string,
  greets: boolean,
  command: (port: string, dir: string) => readonly string[],
): Server {
  return {
    name,
    greets,
    confirms: false,
    command: (work, port, dir) => work === "save" ? command(port, dir) : undefined,
  };
}

/** Our servers, as the binaries in a folder. */
export function ours(name: string, dir = DIST): Server {
  return {
    name,
    greets: true,
    confirms: true,
    command: (work, port, files) =>
      work === "count"
        ? [join(dir, "accio-server-s"), port]
        : [join(dir, "accio-server"), port, files],
  };
}

/**
 * All servers; the first is ours, the second what the others are compared with.
 *
 * @param binary the compiled C server
 */
export function servers(binary: string): readonly Server[] {
  return [
    ours("accio"),
    { ...c("C, one thread", "loop", binary), limit: "serves one at a time" },
    c("C, threads", "threads", binary),
    c("C, no copies (limit)", "limit", binary),
    python("Python, 64 KiB", 65536),
    python("Python, 1 KiB", 1024),
    saving(
      "Node, pipe",
      true,
      (port, dir) => ["node", join(BENCH, "peers", "pipe.mjs"), port, dir],
    ),
    saving("Deno, pipeTo", true, (port, dir) => [
      Deno.execPath(),
      ...["run", "--quiet", "--allow-net", "--allow-write"],
      join(BENCH, "peers", "pipe.ts"),
      port,
      dir,
    ]),
    {
      ...saving("socat", false, (port, dir) => [
        ...["socat", "-d", "-d", "-u", `TCP-LISTEN:${port},fork,reuseaddr,backlog=4096`],
        `SYSTEM:cat > ${dir}/$$.file`,
      ]),
      limit: "starts processes for each connection",
    },
    saving("ncat", false, (port, dir) => [
      ...["sh", "-c", `exec ncat -v -l -k -m 100000 --recv-only 0.0.0.0 ${port} >> ${dir}/all`],
    ]),
  ];
}
