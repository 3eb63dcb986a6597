/**
 * What each shell has to be told. Not yargs' own scripts: theirs for fish leaves out the name of the program and so
 * is a word behind, and the one for bash also hands over what stands behind the cursor, where the last word is taken
 * as the unfinished one. These hand over the words up to the cursor, without their quotes, and offer files where nothing
 * comes back. zsh and fish quote what is put in; bash does not, so what it gets is quoted already.
 */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

export function isShell(name: string): name is Shell {
  return SHELLS.some((shell) => shell === name);
}

// A loop, not mapfile, and no compopt: the bash of macOS is 3.2. The line rather than its words, which bash cuts at colons.
const BASH = `# Completion of keet-tui in bash.
_keet_tui() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(keet-tui --get-yargs-completions --bash "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}
complete -o bashdefault -o default -F _keet_tui keet-tui
`;

// compdef is there only where completion was started, which a bare .zshrc does not do. As the file _keet-tui in a
// folder of fpath the script is itself the function, at every Tab: zsh_eval_context says so at the first one only.
const ZSH = `#compdef keet-tui
# Completion of keet-tui in zsh.
_keet_tui() {
  local -a found
  found=("\${(@f)$(keet-tui --get-yargs-completions "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ -n "$found[1]" ]]; then
    compadd -a found
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _keet-tui ]]; then
  _keet_tui "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _keet_tui keet-tui
fi
`;

const FISH = `# Completion of keet-tui in fish.
function __keet_tui_complete
    set -l before (commandline -opc)
    set -l unfinished (commandline -ct | string unescape)
    set -l found (keet-tui --get-yargs-completions $before "$unfinished" 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path "$unfinished"
    end
end
complete -c keet-tui -f -a '(__keet_tui_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
