/**
 * Shell scripts that ask `accio completions SHELL -- WORD …` for the candidates at the cursor.
 *
 * @module
 */

/** A script for the command that answers and for all commands that are completed. */
type Script = (name: string, commands: readonly string[]) => string;

/** Completes in bash 3.2 or newer. */
export const bashScript: Script = (name, commands) =>
  `\
# Completes ${commands.join(", ")} in bash: source <(${name} completions bash)
_${name}() {
  local line path prefix= current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  case $current in
    =) current= ;; # bash makes three words of --option=value, unless told otherwise
    --*=*) prefix=\${current%%=*}= current=\${current#*=} ;;
  esac
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    case $line in
      :*)
        compopt -o filenames 2> /dev/null
        while IFS= read -r path; do
          COMPREPLY+=("$prefix$path")
        done < <(compgen -A "\${line#:}" -- "$current")
        ;;
      "$current"*) COMPREPLY+=("$prefix$line") ;;
    esac
  done < <(command ${name} completions bash -- "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2> /dev/null)
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2> /dev/null
  fi
}
complete -F _${name} ${commands.join(" ")}
`;

/** Completes in zsh. */
export const zshScript: Script = (name, commands) =>
  `\
#compdef ${commands.join(" ")}
# Completes ${commands.join(", ")} in zsh: source <(${name} completions zsh)
_${name}() {
  local line suffix
  local -a shown
  compset -P '--*='
  for line in "\${(@f)$(command ${name} completions zsh -- "\${(@Q)words[1,CURRENT]}" 2> /dev/null)}"; do
    case $line in
      :file) _files ;;
      :directory) _files -/ ;;
      :command) _command_names -e ;;
      ?*)
        shown=("\${line/$'\\t'/  }")
        line=\${line%%$'\\t'*}
        suffix=' '
        if [[ $line == *= ]]; then suffix=; fi
        compadd -l -d shown -S "$suffix" -- "$line"
        ;;
    esac
  done
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${commands.join(" ")}
fi
`;

/** Completes in fish. */
export const fishScript: Script = (name, commands) =>
  `\
# Completes ${commands.join(", ")} in fish: ${name} completions fish | source
function __${name}_candidates
    set -l current (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]+=' "$current")
    set -l value (string replace -r -- '^--[^=]+=' '' "$current")
    for line in (command ${name} completions fish -- (commandline -opc) "$current" 2> /dev/null)
        switch $line
            case :file
                printf '%s\\n' "$prefix"(__fish_complete_path "$value")
            case :directory
                printf '%s\\n' "$prefix"(__fish_complete_directories "$value")
            case :command
                __fish_complete_command
            case '*'
                printf '%s\\n' "$prefix$line"
        end
    end
end
${commands.map((command) => `complete -c ${command} -f -a '(__${name}_candidates)'\n`).join("")}`;
