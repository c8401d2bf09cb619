/** Strings, marks and everything else of JSON, in their order. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The text of a JSON file with other strings at some places (`section`, `key`) and not one character changed beside them. */
export function withStrings(
  text: string,
  replacements: readonly { readonly section: string; readonly key: string; readonly value: string }[],
): string {
  const spans: { readonly start: number; readonly end: number; readonly value: string }[] = [];
  const path: (string | undefined)[] = [];
  let key: string | undefined;
  for (const { 0: token, index: start } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      path.push(key);
      key = undefined;
    } else if (token === '}' || token === ']') path.pop();
    else if (token === ',') key = undefined;
    else if (token !== ':' && key === undefined) key = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    else if (token !== ':' && path.length === 2)
      for (const { section, key: wanted, value } of replacements)
        if (path[1] === section && key === wanted)
          spans.push({ start, end: start + token.length, value: JSON.stringify(value) });
  }
  return spans.reduceRight((result, { start, end, value }) => result.slice(0, start) + value + result.slice(end), text);
}
