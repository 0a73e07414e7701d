import { COMMON_FLAGS, type Operand } from "../arguments.ts";
import {
  commandNames,
  type Commands,
  type Completable,
  quoted,
  type Value,
  valueOf,
} from "./completable.ts";

/** A script that completes the commands in zsh. */
export function zshCompletions(commands: Commands): string {
  const { name, programs, alone } = commands;
  const names = commandNames(commands).join(" ");
  return `\
#compdef ${names}
# Completes ${commandNames(commands).join(", ")} in zsh: source <(${name} completions zsh)

_accio_program() {
  local dashes=\${words[(i)--]}
  case $1 in
${programs.map(branch).join("\n")}
  esac
}

_accio() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  case $service in
${
    alone.map(({ name, program }) => `    ${name}) _accio_program ${program.name}; return ;;`).join(
      "\n",
    )
  }
  esac
  _arguments -C \\
${COMMON_FLAGS.map((flag) => `    ${optionSpec(flag, "")}`).join(" \\\n")} \\
    '1: :->program' '*:: :->arguments'
  case $state in
    program)
      local -a programs=(
${programs.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join("\n")}
      )
      _describe -t commands program programs
      ;;
    arguments) _accio_program $words[1] ;;
  esac
}

if [[ $funcstack[1] == _accio ]]; then
  _accio "$@"
else
  compdef _accio ${names}
fi
`;
}

function branch({ name, operands, options, flags, rest }: Completable): string {
  const specs = [
    ...options.map((option) =>
      optionSpec(option, `:${option.placeholder}:${action(valueOf(option))}`)
    ),
    ...[...flags, ...COMMON_FLAGS].map((flag) => optionSpec(flag, "")),
    ...operands.map(operandSpec),
  ];
  const lines = [
    `${name})`,
    ...(rest === undefined ? [] : [
      "  if ((dashes < CURRENT)); then",
      "    shift dashes words",
      "    ((CURRENT -= dashes))",
      "    _normal",
      "    return",
      "  fi",
    ]),
    "  _arguments -S \\",
    ...specs.map((spec, i) => `    ${spec}${i + 1 < specs.length ? " \\" : ""}`),
    "  ;;",
  ];
  return lines.map((line) => `    ${line}`).join("\n");
}

interface Dashed {
  readonly name: string;
  readonly about: string;
  readonly letter?: string;
}

/** @param value how the value is completed, where there is one */
function optionSpec({ name, about, letter }: Dashed, value: string): string {
  const text = `[${about.replaceAll(/[\\[\]]/g, "\\$&")}]${value}`;
  if (letter !== undefined) return `'(- *)'{-${letter},--${name}}${quoted(text)}`;
  return quoted(`--${name}${value === "" ? "" : "="}${text}`);
}

function operandSpec(operand: Operand<unknown>, index: number): string {
  return quoted(`${index + 1}:${operand.name}:${action(valueOf(operand))}`);
}

function action(value: Value): string {
  switch (value.kind) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "directory":
      return "_directories";
    case "any":
      return "()"; // Only a message here would keep zsh from inserting an option.
  }
}
