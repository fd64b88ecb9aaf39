/** Shells that completion scripts exist for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type ShellName = typeof SHELLS[number];

/**
 * Each script asks `querycop complete -- WORDS...`, the last word being the one under the cursor, and gets a line for
 * each possibility, `value TAB description`, or the line `:files` where a path belongs.
 */
const SCRIPTS: Readonly<Record<ShellName, string>> = {
  // Where nothing is answered, -o default makes bash complete paths. Works in bash 3.2, which has no compopt.
  bash: `_querycop() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" != ":files" ]; then COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _querycop querycop
`,
  zsh: `#compdef querycop
_querycop() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]/#\\~/$HOME}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ "$line" == ":files" ]]; then _files; return; fi
    if [[ -n "$line" ]]; then found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); fi
  done
  _describe -V querycop found
}
if [ "\${funcstack[1]}" = "_querycop" ]; then _querycop "$@"; else compdef _querycop querycop; fi
`,
  fish: `function __querycop_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = ":files"
      __fish_complete_path "$current"
    else
      printf '%s\\n' $line
    end
  end
end
complete -c querycop -e
complete -c querycop -f -a '(__querycop_complete)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName querycop -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
  if ($wordToComplete -ne '' -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  & $commandAst.CommandElements[0].Extent.Text complete "--word=$wordToComplete" '--' @words 2>$null | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if ($value -eq ':files') {
      [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    } else {
      if (-not $text) { $text = $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
    }
  }
}
`,
};

/** The completion script for a shell. */
export function completionScript(shell: ShellName): string {
  return SCRIPTS[shell];
}
