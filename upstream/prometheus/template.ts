/** Functions of Go's templates, and those that Prometheus adds. */
const FUNCTIONS = new Set(
  (
    'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge break continue ' +
    'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink sortByLabel stripPort stripDomain ' +
    'humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration pathPrefix externalURL parseDuration parseDurationTime tmpl now urlQueryEscape toJson ' +
    'true false nil if else end range with define template block'
  ).split(' '),
);
const OPENING = /^(?:if|range|with|define|block)\b/;

/** Why the template of a label or annotation cannot be read; of its grammar only what is often wrong. */
export function templateProblem(template: string): { readonly reason: string; readonly open?: boolean } | undefined {
  const variables = new Set(['$', '$labels', '$externalLabels', '$externalURL', '$value']);
  let depth = 0;
  for (let from = template.indexOf('{{'); from >= 0; ) {
    // Texts may hold braces.
    const whole = /\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\})[^"`])*\}\}/y;
    whole.lastIndex = from;
    const action = whole.exec(template)?.[0];
    if (action === undefined) return { reason: 'a {{ has no }}' };
    const code = action.slice(2, -2).replace(/^-\s/, '').replace(/\s-$/, '').trim();
    if (!code.startsWith('/*')) {
      if (OPENING.test(code)) depth++;
      else if (/^end\b/.test(code) && --depth < 0) return { reason: 'it has an {{ end }} too much' };
      if (code === '') return { reason: 'a {{ }} is empty' };
      const found = unknownWord(code, variables);
      if (found) return found;
    }
    from = template.indexOf('{{', from + action.length);
  }
  return depth > 0 ? { reason: 'an {{ end }} is missing' } : undefined;
}

function unknownWord(
  code: string,
  variables: Set<string>,
): { readonly reason: string; readonly open?: boolean } | undefined {
  const words = code.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'/g, ' "" ');
  for (const [, declared] of words.matchAll(/(\$\w+)\s*(?:,|:=)/g)) variables.add(declared!);
  for (const [variable] of words.matchAll(/\$\w*/g))
    if (!variables.has(variable)) return { reason: `there is no variable ${variable}` };
  for (const [, name] of words.matchAll(/(?<![\w.$])([A-Za-z_]\w*)/g))
    if (!FUNCTIONS.has(name!)) return { reason: `there is no function ${name}`, open: true };
  return undefined;
}
