import { COMMON_FLAGS } from "../arguments.ts";
import {
  commandNames,
  type Commands,
  type Completable,
  type Value,
  valueOf,
} from "./completable.ts";

/** A script that completes the commands in fish. */
export function fishCompletions(commands: Commands): string {
  const { name, programs, alone } = commands;
  const names = commandNames(commands);
  const valued = new Set(programs.flatMap(({ options }) => options.map(({ name }) => name)));
  return `\
# Completes ${names.join(", ")} in fish: ${name} completions fish | source

# Whether the cursor is in the arguments of a program; or at a certain operand of it, or behind --.
function __accio_at --argument-names program place
    set -l words (commandline -opc)
    switch (string replace -r '.*/' '' -- $words[1])
${
    alone.map(({ name, program }) =>
      `        case ${name}\n            set words[1] ${program.name}\n`
    ).join("")
  }        case '*'
            set -e words[1]
    end
    test "$words[1]" = "$program"; or return 1
    set -e words[1]
    set -l at 1
    set -l option
    for word in $words
        if test $word = --
            set at --
            break
        else if test -n "$option"
            set option
        else if contains -- $word ${[...valued].map((name) => `--${name}`).join(" ")}
            set option $word
        else if not string match -q -- '-*' $word
            set at (math $at + 1)
        end
    end
    switch "$place"
        case ''
            test $at != --
        case '*'
            test $at = $place -a -z "$option"
    end
end

function __accio_begins_rest
    test (commandline -opc)[-1] = --
end

function __accio_needs_program
    test (count (commandline -opc)) = 1
end

${names.map((name) => `complete -c ${name} -f\n`).join("")}
${
    programs.map(({ name: program, summary }) =>
      `complete -c ${name} -n __accio_needs_program -a ${program} -d ${quoted(summary)}\n`
    ).join("")
  }${
    COMMON_FLAGS.map((flag) =>
      `complete -c ${name} -n __accio_needs_program -s ${flag.letter} -l ${flag.name} -d ${
        quoted(flag.about)
      }\n`
    ).join("")
  }
${programs.flatMap((program) => linesFor(name, program)).join("")}
${alone.flatMap(({ name, program }) => linesFor(name, program)).join("")}`.trimEnd() + "\n";
}

/** What completes a program behind a command that is it, or has it. */
function linesFor(command: string, program: Completable): string[] {
  const { name, operands, options, flags, rest } = program;
  const line = (place: string, completion: string) =>
    `complete -c ${command} -n ${quoted(`__accio_at ${name}${place}`)} ${completion}\n`;
  return [
    ...options.map((option) =>
      line("", `-l ${option.name} ${value(valueOf(option))} -d ${quoted(option.about)}`)
    ),
    ...flags.map((flag) => line("", `-l ${flag.name} -d ${quoted(flag.about)}`)),
    ...COMMON_FLAGS.map((flag) =>
      line("", `-s ${flag.letter} -l ${flag.name} -d ${quoted(flag.about)}`)
    ),
    ...operands.flatMap((operand, i) => {
      const offered = valueOf(operand);
      return offered.kind === "any" ? [] : [line(` ${i + 1}`, value(offered))];
    }),
    ...(rest === undefined ? [] : [
      line(" --", "-F"),
      line(" --; and __accio_begins_rest", "-a '(__fish_complete_command)'"),
    ]),
  ];
}

function value(value: Value): string {
  switch (value.kind) {
    case "words":
      return `-x -a ${quoted(value.words.join(" "))}`;
    case "file":
      return "-r -F";
    case "directory":
      return "-x -a '(__fish_complete_directories)'";
    case "any":
      return "-x";
  }
}

/** A text as one word of fish. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
