import type { Operand, Rest } from "../arguments.ts";
import type { Program } from "../program.ts";
import { oneNamed } from "../values.ts";
import { candidates } from "./candidates.ts";
import { bashScript, fishScript, zshScript } from "./scripts.ts";

const SHELLS = [
  { name: "bash", script: bashScript },
  { name: "zsh", script: zshScript },
  { name: "fish", script: fishScript },
] as const;

const SHELL: Operand<typeof SHELLS[number]> = {
  name: "SHELL",
  about: "the shell to print a script for: bash, zsh or fish",
  parse: oneNamed(SHELLS),
};

const WORDS: Rest = {
  name: "WORD",
  about: "print the completions of the last WORD; the script runs this",
  isOptional: true,
};

/**
 * The program that prints shell completion scripts and answers their queries.
 *
 * @param name the command that runs all programs
 * @param programs these programs
 * @param alone those that are also commands of their own, called `NAME-PROGRAM`
 */
export function completions(
  name: string,
  programs: readonly Program[],
  alone: readonly Program[],
): Program {
  const commands = [name, ...alone.map((program) => `${name}-${program.name}`)];
  const itself: Program = {
    name: "completions",
    summary: "Print a script that completes command lines in a shell.",
    operands: [SHELL],
    options: [],
    flags: [],
    rest: WORDS,
    details: `\
The script completes programs, options, their values, files and directories, for
${commands.join(", ")}. It runs ${name}, which must be on the PATH.

To load it in every session:

    echo 'source <(${name} completions bash)' >> ~/.bashrc
    echo 'source <(${name} completions zsh)' >> ~/.zshrc    # after compinit
    echo '${name} completions fish | source' >> ~/.config/fish/config.fish`,
    example: "bash",
    async run(args, host) {
      if (args.rest.length === 0) {
        await host.stdout.write(args.get(SHELL).script(name, commands));
        return;
      }
      const lines = candidates(name, [...programs, itself], args.rest);
      await host.stdout.write(lines.map((line) => `${line}\n`).join(""));
    },
  };
  return itself;
}
