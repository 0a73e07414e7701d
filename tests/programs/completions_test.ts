/**
 * The scripts of `accio completions`, in the shells themselves. What is asked
 * of zsh and fish is left out on a machine that lacks them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { ascii, TempDir } from "../support/data.ts";
import { unixTest } from "../support/platform.ts";
import { ROOT, run, startCommand } from "../support/program.ts";

/** A command line up to the cursor, and what is offered for its last word. */
type Offer = readonly [line: string, offered: readonly string[]];

const EDITIONS = ["plain", "confirm", "headers"];
const SERVER_DASHES = [
  ...["--protocol", "--timeout", "--max-size", "--max-time", "--allow", "--log"],
  ...["--help", "--version"],
];

const OFFERS: readonly Offer[] = [
  ["accio me", ["message-server", "message-client"]],
  ["accio he", ["help"]],
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
  ["accio-server-s --protocol=a", ["auto"]],
  ["accio-server 5000 a", ["a folder/"]],
  ["accio-server-s --", SERVER_DASHES],
];

/** A directory with the script for a shell, and a folder with what can be completed. */
async function prepare(shell: string): Promise<TempDir> {
  const dir = new TempDir();
  const { stdout, stderr, code } = await run("accio", ["completions", shell]);
  assertEquals({ stderr, code }, { stderr: "", code: 0 });
  await Deno.mkdir(dir.file("files", "a folder"), { recursive: true });
  await Deno.writeTextFile(dir.file("files", "a file"), "");
  await dir.write("script", ascii(stdout));
  return dir;
}

/** The lines that a command prints, run among the files. */
async function lines(dir: TempDir, ...command: [string, ...string[]]): Promise<string[]> {
  await using shell = startCommand(command, { cwd: dir.file("files") });
  const { stdout, stderr, code } = await shell.outcome();
  assertEquals({ stderr, code }, { stderr: "", code: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

/** Shells differ in whether `=` stands behind an option, its name before a value, `/` behind a folder. */
function bare(offered: readonly string[]): string[] {
  const words = offered.map((word) => word.replace(/^--[^=]+=(?=.)/, "").replace(/[=/]$/, ""));
  return [...new Set(words)].sort();
}

const EXPECTED = OFFERS.map(([line, offered]) => [line, bare(offered)]);

/** Asks bash as bash asks: the words of the line are the arguments from `$2` on. */
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
    const came: typeof EXPECTED = [];
    for (const [line] of OFFERS) {
      const words = line.replace("=", separator).replace(/ = $/, " =").split(" ");
      const ask = ["bash", "--norc", "-c", ASK_BASH, "bash", dir.file("script"), ...words] as const;
      came.push([line, bare(await lines(dir, ...ask))]);
    }
    assertEquals(came, EXPECTED);
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
  const came: typeof EXPECTED = [];
  for (const [line] of OFFERS) {
    const ask = "source $argv[1]; complete --do-complete $argv[2]";
    const offered = await lines(dir, "fish", "--no-config", "-c", ask, dir.file("script"), line);
    came.push([line, bare(offered.map((entry) => entry.replace(/\t.*/, "")))]);
  }
  assertEquals(came, EXPECTED);
});

/** Has zsh complete and run a line on a Tab, and tell what it runs. */
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
    env: { TERM: "dumb" },
  });
  await shell.type(ascii("source ../setup\n"));
  // Where several words are offered, zsh lists them, for a person to read.
  const unique = OFFERS.filter(([, offered]) => offered.length === 1);
  const came: string[] = [];
  for (const [i, [line]] of unique.entries()) {
    await shell.stdout.until(/ready% $/);
    await shell.type(ascii(`${line}\t`));
    const [, ran = ""] = await shell.stdout.until(
      new RegExp(`\nran ${i + 1}: ([^\r\n]*)[\r\n]+ready% $`),
    );
    came.push(ran.replace(/[=/]$/, ""));
  }
  assertEquals(
    came,
    unique.map(([line, offered]) => line.replace(/[^ =]*$/, bare(offered).join())),
  );
  await shell.type(ascii("exit\n"));
  assertEquals((await shell.outcome()).code, 0);
});
