/** What stands in a Go template, as far as it is read here: no blocks, no templates of their own, no assignments with `=`. */
export type TemplateNode = { readonly source: string } & (
  | { readonly does: 'text'; readonly text: string }
  | { readonly does: 'print'; readonly term: TemplateTerm; readonly variable: string | undefined }
  | {
      readonly does: 'if' | 'with' | 'range';
      readonly term: TemplateTerm;
      /** Of range: the value, or the key and the value. */
      readonly variables: readonly string[];
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
);

export type TemplateTerm =
  | { readonly is: 'value'; readonly value: unknown }
  /** `.a.b`, or `$x.a.b`; the variable without a name is what a template is given as a whole. */
  | { readonly is: 'field'; readonly variable: string | undefined; readonly steps: readonly string[] }
  | { readonly is: 'fieldOf'; readonly of: TemplateTerm; readonly steps: readonly string[] }
  | { readonly is: 'call'; readonly name: string; readonly given: readonly TemplateTerm[] };

/** A template in its parts; undefined where it cannot be read. */
export function templateNodes(text: string): readonly TemplateNode[] | undefined {
  try {
    const parts = partsOf(text);
    const nodes = blockOf(parts);
    return parts.length === 0 ? nodes : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {}

interface Part {
  readonly source: string;
  /** What stands between braces. @default - it is text */
  readonly action?: string;
}

/** Texts and actions in turn; `{{-` and `-}}` take the white space beside them away. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  let trims = false;
  const addText = (part: string, trimsEnd: boolean) => {
    const start = trims ? part.trimStart() : part;
    const source = trimsEnd ? start.trimEnd() : start;
    if (source !== '') parts.push({ source });
  };
  for (const match of text.matchAll(/\{\{(-\s)?((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)(\s-)?\}\}/gs)) {
    addText(text.slice(at, match.index), match[1] !== undefined);
    const action = match[2]!.trim();
    if (!/^\/\*.*\*\/$/s.test(action)) parts.push({ source: match[0], action });
    at = match.index + match[0].length;
    trims = match[3] !== undefined;
  }
  addText(text.slice(at), false);
  return parts;
}

/** Takes the parts of a block, up to what ends it. */
function blockOf(parts: Part[]): TemplateNode[] {
  const nodes: TemplateNode[] = [];
  while (parts[0] && !/^(end$|else\b)/.test(parts[0].action ?? '')) {
    const part = parts.shift()!;
    if (part.action === undefined) nodes.push({ does: 'text', source: part.source, text: part.source });
    else nodes.push(actionOf(part.source, part.action, parts));
  }
  return nodes;
}

function actionOf(source: string, action: string, parts: Part[]): TemplateNode {
  const [, does, rest] = /^(if|with|range)\b\s*(.*)$/s.exec(action) ?? [];
  if (does === undefined || rest === undefined) {
    const { variables, term } = declared(action);
    if (variables.length > 1) throw new Unreadable();
    return { does: 'print', source, term, variable: variables[0] };
  }
  const own = declared(rest);
  // What stands in it is a part of it: where it cannot be worked out, all of it stays as it is written.
  const before = parts.slice();
  const body = blockOf(parts);
  let otherwise: TemplateNode[] = [];
  const next = parts.shift();
  const chained = /^else\s+((?:if|with)\b.*)$/s.exec(next?.action ?? '');
  if (chained) otherwise = [actionOf(next!.source, chained[1]!, parts)];
  else if (next?.action === 'else') {
    otherwise = blockOf(parts);
    if (parts.shift()?.action !== 'end') throw new Unreadable();
  } else if (next?.action !== 'end') throw new Unreadable();
  const taken = before.slice(0, before.length - parts.length).map((part) => part.source);
  return { does: does as 'if' | 'with' | 'range', source: [source, ...taken].join(''), ...own, body, otherwise };
}

/** `$key, $value := pipeline`, or a pipeline alone. */
function declared(text: string): { readonly variables: readonly string[]; readonly term: TemplateTerm } {
  const [, names, rest] = /^(\$\w+(?:\s*,\s*\$\w+)?)\s*:=\s*(.*)$/s.exec(text) ?? [];
  const tokens = tokensOf(rest ?? text);
  const term = pipelineOf(tokens);
  if (tokens.length > 0) throw new Unreadable();
  return { variables: (names ?? '').split(',').flatMap((name) => name.trim().slice(1) || []), term };
}

const TOKEN = /\s*("(?:\\.|[^"\\])*"|`[^`]*`|-?\d+(?:\.\d+)?|\$?(?:\w*)(?:\.\w+)+|\$\w*|\.|\w+|[()|])/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match) throw new Unreadable();
    tokens.push(match[1]!);
  }
  return tokens;
}

/** `.name | lower | trunc 20`: what comes before is the last argument of what comes behind. */
function pipelineOf(tokens: string[]): TemplateTerm {
  let term = commandOf(tokens);
  while (tokens[0] === '|') {
    tokens.shift();
    const next = commandOf(tokens);
    if (next.is !== 'call') throw new Unreadable();
    term = { ...next, given: [...next.given, term] };
  }
  return term;
}

function commandOf(tokens: string[]): TemplateTerm {
  const first = operandOf(tokens);
  const given: TemplateTerm[] = [];
  while (tokens.length > 0 && tokens[0] !== '|' && tokens[0] !== ')') given.push(operandOf(tokens));
  if (first.is === 'call' && first.given.length === 0) return { ...first, given };
  if (given.length > 0) throw new Unreadable();
  return first;
}

function operandOf(tokens: string[]): TemplateTerm {
  const token = tokens.shift();
  if (token === undefined) throw new Unreadable();
  if (token === '(') {
    const term = pipelineOf(tokens);
    if (tokens.shift() !== ')') throw new Unreadable();
    // In parentheses, a function is what it answers.
    const of: TemplateTerm = term.is === 'call' ? { is: 'fieldOf', of: term, steps: [] } : term;
    return tokens[0] !== undefined && /^\.\w/.test(tokens[0])
      ? { is: 'fieldOf', of, steps: tokens.shift()!.slice(1).split('.') }
      : of;
  }
  if (token.startsWith('"')) return { is: 'value', value: textOf(token) };
  if (token.startsWith('`')) return { is: 'value', value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { is: 'value', value: Number(token) };
  if (token === '.') return { is: 'field', variable: undefined, steps: [] };
  if (token.startsWith('.')) return { is: 'field', variable: undefined, steps: token.slice(1).split('.') };
  if (token.startsWith('$')) {
    const [variable = '', ...steps] = token.slice(1).split('.');
    return { is: 'field', variable, steps };
  }
  if (token === 'true' || token === 'false') return { is: 'value', value: token === 'true' };
  if (token === 'nil') return { is: 'value', value: undefined };
  if (/^[A-Za-z]\w*$/.test(token)) return { is: 'call', name: token, given: [] };
  throw new Unreadable();
}

function textOf(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw new Unreadable();
  }
}
