/** What every script does: it asks the hidden command `__complete`, so that no script is renewed when a target or a command is added. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const bash = `# Completion of strata for bash: source <(npx strata completion bash)
_strata() {
  local strata=(strata) words=() n=-1 glue='' word current path line paths='' i
  type -P strata >/dev/null || strata=(npx --no-install strata)
  # bash splits words at @ = and :, as in dev@kind and --out=dist; they are joined again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ n -ge 0 && -n $word && ($word == [@=:]* || -n $glue) ]]; then words[n]+=$word; else words[++n]=$word; fi
    if [[ $word == *[@=:] ]]; then glue=1; else glue=''; fi
  done
  # The shell replaces the last piece alone.
  if [[ $word == [@=:]* ]]; then word=\${word##*[@=:]}; fi
  current=\${words[n]}
  path=\${current#--*=}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :file) paths=-f ;;
      :folder) paths=-d ;;
      *) line=\${line%%$'\\t'*} COMPREPLY+=("\${line:\${#current}-\${#word}}") ;;
    esac
  done < <("\${strata[@]}" __complete "\${words[@]}" 2>/dev/null)
  [[ -n $paths ]] || return 0
  type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    line=\${current%"$path"}$line
    COMPREPLY+=("\${line:\${#current}-\${#word}}")
  done < <(compgen $paths -- "$path")
}
complete -F _strata strata`;

const zsh = `#compdef strata
# Completion of strata for zsh: source <(npx strata completion zsh), after compinit
_strata() {
  local -a strata candidates
  local line paths=
  strata=(strata)
  (( $+commands[strata] )) || strata=(npx --no-install strata)
  for line in "\${(@f)$("\${strata[@]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      (:file|:folder) paths=\${line#:} ;;
      (?*) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  (( $#candidates )) && _describe strata candidates
  [[ -n $paths && $words[CURRENT] == --*=* ]] && compset -P '*='
  case $paths in
    (file) _files ;;
    (folder) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _strata ]]; then _strata "$@"; else compdef _strata strata; fi`;

const fish = `# Completion of strata for fish: npx strata completion fish | source
function __strata_complete
  set -l strata strata
  type -q strata; or set strata npx --no-install strata
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  for line in ($strata __complete $words "$current" 2>/dev/null)
    switch $line
      case ':file'
        __fish_complete_path "$current"
      case ':folder'
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c strata -f -a '(__strata_complete)'`;

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
