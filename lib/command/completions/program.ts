import type { Operand } from "../arguments.ts";
import type { Program } from "../program.ts";
import { oneNamed, oneOf } from "../values.ts";
import { bashCompletions } from "./bash.ts";
import type { Commands, Completable } from "./completable.ts";
import { fishCompletions } from "./fish.ts";
import { zshCompletions } from "./zsh.ts";

const SHELLS = [
  { name: "bash", script: bashCompletions },
  { name: "zsh", script: zshCompletions },
  { name: "fish", script: fishCompletions },
] as const;

const SHELL: Operand<typeof SHELLS[number]> = {
  name: "SHELL",
  about: "the shell to print a script for: bash, zsh or fish",
  parse: oneNamed(SHELLS),
};

/** The program that prints shell scripts which complete the commands, and itself among them. */
export function completions({ name, programs, alone }: Commands): Program {
  const itself: Program = {
    name: "completions",
    summary: "Print a script that completes command lines in a shell.",
    operands: [SHELL],
    options: [],
    flags: [],
    details: `\
The shell then completes programs, options, their values where these are one of
a few, files and directories. To have that in every session:

    echo 'source <(${name} completions bash)' >> ~/.bashrc
    echo 'source <(${name} completions zsh)' >> ~/.zshrc    # below compinit
    echo '${name} completions fish | source' >> ~/.config/fish/config.fish`,
    example: "bash",
    async run(args, host) {
      const all = [...programs, itself];
      const commands = { name, programs: [...all, helpOn(all)], alone };
      await host.stdout.write(args.get(SHELL).script(commands));
    },
  };
  return itself;
}

/** What `help PROGRAM` takes. */
function helpOn(programs: readonly Completable[]): Completable {
  return {
    name: "help",
    summary: "Tell more about a program.",
    operands: [
      { name: "PROGRAM", about: "", parse: oneOf(programs.map(({ name }) => name)) },
    ],
    options: [],
    flags: [],
  };
}
