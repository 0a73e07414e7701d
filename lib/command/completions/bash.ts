import {
  commandNames,
  type Commands,
  type Completable,
  dashWords,
  quoted,
  type Value,
  valueOf,
} from "./completable.ts";

/** A script that completes the commands in bash, 3.2 or newer. */
export function bashCompletions(commands: Commands): string {
  const { name, programs, alone } = commands;
  const names = commandNames(commands);
  const withRest = programs.filter(({ rest }) => rest !== undefined);
  return `\
# Completes ${names.join(", ")} in bash: source <(${name} completions bash)

# Offers what compgen makes of the arguments, for the word at the cursor.
_accio_offer() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$prefix$word"); done < <(compgen "$@" -- "$current")
}

_accio_paths() {
  compopt -o filenames 2> /dev/null
  _accio_offer "$@"
}

# Offers what can stand for an argument: "server 2" is the second operand of server.
_accio_value() {
  case $1 in
${indent(programs.flatMap(cases), 4)}
    *) return 1 ;;
  esac
}

_accio() {
  local program options option= prefix= current=\${COMP_WORDS[COMP_CWORD]} operand=1 i=1
  COMPREPLY=()
  case \${COMP_WORDS[0]##*/} in
${
    indent(
      alone.map(({ name, program }) => `${quoted(name)}) program=${quoted(program.name)} ;;`),
      4,
    )
  }
    *)
      program=\${COMP_WORDS[1]} i=2
      if ((COMP_CWORD == 1)); then
        _accio_offer -W ${quoted([...programs.map(({ name }) => name), ...COMMON].join(" "))}
        return
      fi
      ;;
  esac
  case $program in
${
    indent(
      programs.map((program) =>
        `${quoted(program.name)}) options=${quoted(dashWords(program).join(" "))} ;;`
      ),
      4,
    )
  }
    *) return ;;
  esac
  for (( ; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      =) ;; # bash makes three words of --option=value
      --)
        case $program in
${
    indent(
      withRest.map(({ name }) =>
        `${
          quoted(name)
        }) if ((i + 1 == COMP_CWORD)); then _accio_paths -c -f; else _accio_paths -f; fi ;;`
      ),
      10,
    )
  }
        esac
        return
        ;;
      -*) if [[ " $options " == *" \${COMP_WORDS[i]}= "* ]]; then option=\${COMP_WORDS[i]}; fi ;;
      *) if [[ -n $option ]]; then option=; else operand=$((operand + 1)); fi ;;
    esac
  done
  if [[ $current == = ]]; then current=; fi
  if [[ -z $option && $current == --*=* ]]; then # unless = does not break words here
    option=\${current%%=*} prefix=\${current%%=*}= current=\${current#*=}
  fi
  if [[ -n $option ]]; then
    _accio_value "$program $option"
  elif [[ $current == -* ]] || ! _accio_value "$program $operand"; then
    _accio_offer -W "$options"
    if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then
      compopt -o nospace 2> /dev/null
    fi
  fi
}

complete -F _accio ${names.join(" ")}
`;
}

const COMMON = dashWords({ operands: [], options: [], flags: [] });

/** A line for each argument of the program that can be completed. */
function cases({ name, operands, options }: Completable): string[] {
  const offers = [
    ...operands.map((operand, i) => [`${i + 1}`, offer(valueOf(operand))] as const),
    ...options.map((option) => [`--${option.name}`, offer(valueOf(option))] as const),
  ];
  return offers.flatMap(([place, offer]) =>
    offer === undefined ? [] : [`${quoted(`${name} ${place}`)}) ${offer} ;;`]
  );
}

function offer(value: Value): string | undefined {
  switch (value.kind) {
    case "words":
      return `_accio_offer -W ${quoted(value.words.join(" "))}`;
    case "file":
      return "_accio_paths -f";
    case "directory":
      return "_accio_paths -d";
    case "any":
      return undefined;
  }
}

function indent(lines: readonly string[], columns: number): string {
  return lines.map((line) => " ".repeat(columns) + line).join("\n");
}
