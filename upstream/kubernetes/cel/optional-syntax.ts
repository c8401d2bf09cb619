/** The field that stands for `.?` where the parser of the package has no optional syntax. */
export const OPTIONAL_FIELD = '__optional_field__';
export const OPTIONAL_INDEX = '__optional_index__';

/** Rewrites `a.?b` and `a[?0]` to what every parser of CEL reads; undefined where `?` stands in a list or a map. */
export function withoutOptionalSyntax(text: string): string | undefined {
  if (!/[.[{,]\s*\?/.test(text)) return text;
  let result = '';
  /** The brackets that are open: what closes each. */
  const closes: string[] = [];
  /** What stands before can be indexed. */
  let operand = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^(\s|\/\/)/.test(token)) {
      result += token;
      continue;
    }
    if (/^\.\s*\?$/.test(token)) result += `.${OPTIONAL_FIELD}.`;
    else if (/^\[\s*\?$/.test(token)) {
      if (!operand) return undefined;
      result += `.${OPTIONAL_INDEX}(`;
      closes.push(')');
    } else if (/^[{,]\s*\?$/.test(token)) return undefined;
    else if (token === '[' || token === '(' || token === '{') {
      closes.push(token === '[' ? ']' : token === '(' ? ')' : '}');
      result += token;
    } else if (token === ']' || token === ')' || token === '}') result += closes.pop() ?? token;
    else result += token;
    operand = /[\w"')\]}]$/.test(token);
  }
  return result;
}

const TOKEN =
  /\/\/[^\n]*|\s+|[rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\.\s*\?|[[{,]\s*\?|\w+|[\s\S]/g;
