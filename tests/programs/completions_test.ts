/**
 * The scripts of `accio completions`, in the shells themselves. Where zsh or fish is not installed,
 * its tests are skipped.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { ascii, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { commandLine, ROOT, run, startCommand } from "../support/program.ts";

/** A command line up to the cursor, and the candidates for its last word. */
type Offer = readonly [line: string, offered: readonly string[]];

const EDITIONS = ["plain", "confirm", "headers"];
const SERVER_DASHES = [
  ...["--protocol", "--timeout", "--max-size", "--max-time", "--allow", "--log"],
  ...["--help", "--version"],
];

const OFFERS: readonly Offer[] = [
  ["accio me", ["message-server", "message-client"]],
  ["accio he", ["help"]],
  ["accio --h", ["--help"]],
  ["accio help cl", ["client"]],
  ["accio help compl", ["completions"]],
  ["accio completions ", ["bash", "zsh", "fish"]],
  ["accio client 127.0.0.1 5000 a", ["a file", "a folder/"]],
  ["accio client 127.0.0.1 5000 --protocol=", EDITIONS],
  ["accio client --protocol=confirm 127.0.0.1 5000 a", ["a file", "a folder/"]],
  ["accio client --protocol confirm 127.0.0.1 5000 a", ["a file", "a folder/"]],
  ["accio client --protocol ", EDITIONS],
  ["accio server 5000 a", ["a folder/"]],
  ["accio server --pro", ["--protocol"]],
  ["accio server-s --", SERVER_DASHES],
  ["accio calculator-server --serve=t", ["threads"]],
  ["accio grade ser", ["server-s", "server"]],
  ["accio grade --ke", ["--keep"]],
  ["accio grade server --repo=a", ["a folder/"]],
  ["accio grade server --json a", ["a file", "a folder/"]],
  ["accio grade server -- python3 a", ["a file", "a folder/"]],
  ["accio grade server -- accio-only-com", ["accio-only-command"]],
  ["accio grade server -- ../bin/accio-o", ["../bin/accio-only-command"]],
  ["accio-server-s --protocol=a", ["auto"]],
  ["accio-server 5000 a", ["a folder/"]],
  ["accio-server-s --", SERVER_DASHES],
];

/**
 * A directory with the script for a shell, files that can be completed, and `accio` in bin/. */
async function prepare(shell: string): Promise<TempDir> {
  const dir = new TempDir();
  const { stdout, stderr, code } = await run("accio", ["completions", shell]);
  assertEquals({ stderr, code }, { stderr: "", code: 0 });
  await Deno.mkdir(dir.file("files", "a folder"), { recursive: true });
  await Deno.writeTextFile(dir.file("files", "a file"), "");
  await dir.write("script", ascii(stdout));
  await Deno.mkdir(dir.file("bin"));
  const accio = commandLine("accio").map((word) => `'${word}'`).join(" ");
  const scripts = {
    "accio": `cd '${ROOT}' && exec ${accio} "$@"`,
    "accio-only-command": "",
  };
  for (const [name, script] of Object.entries(scripts)) {
    await Deno.writeTextFile(dir.file("bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return dir;
}

/** The environment in which `accio` is on the PATH. */
function environment(dir: TempDir): Record<string, string> {
  return { PATH: `${dir.file("bin")}:${Deno.env.get("PATH")}` };
}

/** The lines that a command prints, run among the files. */
async function lines(dir: TempDir, ...command: [string, ...string[]]): Promise<string[]> {
  await using shell = startCommand(command, { cwd: dir.file("files"), env: environment(dir) });
  const { stdout, stderr, code } = await shell.outcome();
  assertEquals({ stderr, code }, { stderr: "", code: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

/** Removes what only some shells print: `=` after an option, its name before a value, `/`. */
function bare(offered: readonly string[]): string[] {
  const words = offered.map((word) => word.replace(/^--[^=]+=(?=.)/, "").replace(/[=/]$/, ""));
  return [...new Set(words)].sort();
}

const EXPECTED = OFFERS.map(([line, offered]) => [line, bare(offered)]);

/** Calls the function as bash does; the words of the line are the arguments from `$2`. */
const ASK_BASH = `
  set -eu
  source "$1"
  COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2))
  _accio || true
  printf '%s\\n' \${COMPREPLY[@]+"\${COMPREPLY[@]}"}
`;

for (const [breaks, separator] of [["breaks", " = "], ["does not break", "="]] as const) {
  unixTest(`bash completes where = ${breaks} words`, async () => {
    await using dir = await prepare("bash");
    const got: typeof EXPECTED = [];
    for (const [line] of OFFERS) {
      const words = line.replace("=", separator).replace(/ = $/, " =").split(" ");
      const ask = ["bash", "--norc", "-c", ASK_BASH, "bash", dir.file("script"), ...words] as const;
      got.push([line, bare(await lines(dir, ...ask))]);
    }
    assertEquals(got, EXPECTED);
  });
}

function shellTest(shell: string, name: string, fn: (dir: TempDir) => Promise<void>): void {
  Deno.test({
    name: `${shell} ${name}`,
    ignore: !installed(shell),
    fn: async () => {
      await using dir = await prepare(shell);
      await fn(dir);
    },
  });
}

function installed(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

shellTest("fish", "completes", async (dir) => {
  const got: typeof EXPECTED = [];
  for (const [line] of OFFERS) {
    const ask = "source $argv[1]; complete --do-complete $argv[2]";
    const offered = await lines(dir, "fish", "--no-config", "-c", ask, dir.file("script"), line);
    got.push([line, bare(offered.map((entry) => entry.replace(/\t.*/, "")))]);
  }
  assertEquals(got, EXPECTED);
});

/** Makes zsh complete a line and run it on Tab, and print what it runs. */
const SETUP_ZSH = `\
autoload -Uz compinit
compinit -u -D
source ../script
n=0
ran() print -r -- "ran $((++n)): $*"
for name in accio accio-server accio-server-s; do eval "$name() ran $name \\"\\$@\\""; done
complete-and-run() { zle complete-word; zle accept-line }
zle -N complete-and-run
bindkey '^I' complete-and-run
unsetopt prompt_sp
unset zle_bracketed_paste
PS1='ready%% '
`;

shellTest("zsh", "completes on a terminal", async (dir) => {
  await dir.write("setup", ascii(SETUP_ZSH));
  const terminal = join(ROOT, "tests", "clients", "on_terminal.py");
  await using shell = startCommand(["python3", terminal, "zsh", "-f"], {
    stdin: "piped",
    cwd: dir.file("files"),
    env: { ...environment(dir), TERM: "dumb" },
  });
  await shell.type(ascii("source ../setup\n"));
  // Several candidates are listed for a person to read.
  const unique = OFFERS.filter(([, offered]) => offered.length === 1);
  const got: string[] = [];
  for (const [i, [line]] of unique.entries()) {
    await shell.stdout.until(/ready% $/);
    await shell.type(ascii(`${line}\t`));
    const [, ran = ""] = await shell.stdout.until(
      new RegExp(`\nran ${i + 1}: ([^\r\n]*)[\r\n]+ready% $`),
    );
    got.push(ran.replace(/[=/]$/, ""));
  }
  assertEquals(
    got,
    unique.map(([line, offered]) => line.replace(/[^ =]*$/, bare(offered).join())),
  );
  await shell.type(ascii("exit\n"));
  assertEquals((await shell.outcome()).code, 0);
});
