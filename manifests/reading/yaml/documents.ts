/** A part of a text that Kubernetes reads as one document. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** JSON documents may follow each other without a separator. */
  readonly format: 'yaml' | 'json';
  /** Why nobody reads it. */
  readonly problem?: string;
}

/**
 * A text's documents, as kubectl takes it apart before any YAML is parsed (k8s.io/apimachinery/pkg/util/yaml): a text that
 * begins with a brace is a row of JSON objects for as long as that goes well; else every line that begins with `---` begins a document.
 */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let position = 0;
  while (beginsWithBrace(text, position)) {
    const start = text.indexOf('{', position);
    const end = endOfJson(text, start);
    if (end === undefined || !isJson(text.slice(start, end))) break;
    chunks.push({ start, end, format: 'json' });
    position = end;
  }
  if (chunks.length === 0) return yamlChunks(text, 0);
  const rest = text.slice(position).search(/\S/);
  if (rest < 0) return chunks;
  // After one object the reader may still change its mind, after two it may not.
  if (chunks.length === 1) return [...chunks, ...yamlChunks(text, position)];
  return [
    ...chunks,
    {
      start: position + rest,
      end: text.length,
      format: 'json',
      problem: 'a JSON object was expected here, after the ones before it',
    },
  ];
}

function yamlChunks(text: string, from: number): Chunk[] {
  const chunks: Chunk[] = [];
  let start = from;
  let problem: string | undefined;
  const close = (end: number) => {
    if (end > start || problem !== undefined)
      chunks.push({ start, end, format: 'yaml', ...(problem === undefined ? {} : { problem }) });
  };
  for (let line = separatorFrom(text, from); line >= 0; line = separatorFrom(text, line + 3)) {
    close(line);
    const newline = text.indexOf('\n', line);
    const end = newline < 0 ? text.length : newline + 1;
    const after = text.slice(line + 3, end).trim();
    const separates = after === '' || after.startsWith('#');
    problem = separates
      ? undefined
      : `kubectl refuses a separator that is followed by anything but a comment: begin the document on the next line`;
    start = separates ? end : line;
  }
  close(text.length);
  return chunks;
}

function separatorFrom(text: string, from: number): number {
  if ((from === 0 || text.charCodeAt(from - 1) === 10) && text.startsWith('---', from)) return from;
  const found = text.indexOf('\n---', from);
  return found < 0 ? -1 : found + 1;
}

function beginsWithBrace(text: string, from: number): boolean {
  const space = /\s*/y;
  space.lastIndex = from;
  // A byte order mark is white space here and not there; a text with one is YAML.
  return text.charCodeAt(0) !== 0xfeff && space.test(text) && text.charCodeAt(space.lastIndex) === 123;
}

/** Where the braces that open at a place are closed again. */
function endOfJson(text: string, from: number): number | undefined {
  const tokens = /"(?:[^"\\\n]|\\.)*"|[{}[\]]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '{' || token[0] === '[') depth++;
    else if ((token[0] === '}' || token[0] === ']') && --depth === 0) return tokens.lastIndex;
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
