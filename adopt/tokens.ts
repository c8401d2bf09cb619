/** What differs by rule between the overlays: pieces of strings that the code computes. */
export type Token = 'namespace' | 'environment' | 'prefix' | 'suffix';

/** The values of the tokens in one overlay. */
export type Tokens = Readonly<Record<Token, string | undefined>>;

/** A string in pieces: literal ones, and tokens. */
export type Piece = string | { readonly token: Token };

/** What is known of the namespace in a text: whether it is the whole of it, and whether a word between others is. */
export interface NamespaceIn {
  readonly whole: boolean;
  readonly word: (before: string, after: string) => boolean;
}

/** Pieces that say each of the strings with the tokens of its overlay; undefined where there are none. */
export function commonPieces(
  values: readonly string[],
  tokens: readonly Tokens[],
  namespace: NamespaceIn,
): readonly Piece[] | undefined {
  const isAlways = (token: Token) => values.every((value, i) => value === tokens[i]![token]);
  if (namespace.whole && isAlways('namespace')) return [{ token: 'namespace' }];
  const ends = values.map((value, i) => withoutEnds(value, tokens[i]!));
  // `web-dev` has its own end, also where the environment happens to be called `web-dev`.
  if (ends.every((pieces) => pieces.length > 1) && tokens.every(hasOtherEnds) && areSame(ends)) return ends[0];
  if (isAlways('environment')) return [{ token: 'environment' }];
  const isReference = (before: string, after: string) => namespace.whole || namespace.word(before, after);
  const words = (value: string, own: Tokens) => withoutWords(value, own, isReference);
  const wordsIn = (own: Tokens) => (piece: Piece) => (typeof piece === 'string' ? words(piece, own) : [piece]);
  return [words, withoutEnds, (value: string, own: Tokens) => withoutEnds(value, own).flatMap(wordsIn(own))]
    .map((split) => values.map((value, i) => split(value, tokens[i]!)))
    .find(areSame)?.[0];
}

/** Whether names begin or end here with something else than what the environment is called. */
function hasOtherEnds({ prefix = '', suffix = '', environment }: Tokens): boolean {
  const isOther = (end: string) => end !== '' && end.replace(/^[-.]|[-.]$/g, '') !== environment;
  return isOther(prefix) || isOther(suffix);
}

function areSame(all: readonly (readonly Piece[])[]): boolean {
  return all.every((pieces) => JSON.stringify(pieces) === JSON.stringify(all[0]));
}

/** The prefix and the suffix of names, as pieces. */
function withoutEnds(value: string, { prefix = '', suffix = '' }: Tokens): Piece[] {
  if (!value.startsWith(prefix) || !value.endsWith(suffix) || value.length <= prefix.length + suffix.length)
    return [value];
  return [{ token: 'prefix' }, value.slice(prefix.length, value.length - suffix.length), { token: 'suffix' }];
}

/** The namespace, where it is meant, and the environment where they stand as words. */
function withoutWords(
  value: string,
  { namespace, environment }: Tokens,
  isReference: (before: string, after: string) => boolean,
): Piece[] {
  const words = (
    [
      ['namespace', namespace],
      ['environment', environment],
    ] as const
  ).filter(([, word]) => word !== undefined && word !== '');
  const pieces: Piece[] = [];
  let rest = value;
  const isMeant = (before: string, after: string) =>
    isReference(`${value.slice(0, value.length - rest.length)}${before}`, after);
  const any = () => true;
  while (rest !== '') {
    const [first] = words
      .map(([token, word]) => ({ token, word: word!, at: wordAt(rest, word!, token === 'namespace' ? isMeant : any) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.word.length - a.word.length);
    if (!first) break;
    if (first.at > 0) pieces.push(rest.slice(0, first.at));
    pieces.push({ token: first.token });
    rest = rest.slice(first.at + first.word.length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** A string in which the namespace and the environment of its overlay are called so, whatever their names are. */
export function patternOf(value: string, tokens: Tokens): string {
  return withoutWords(value, tokens, () => true)
    .map((piece) => (typeof piece === 'string' ? piece : `{${piece.token}}`))
    .join('');
}

function wordAt(text: string, word: string, isMeant: (before: string, after: string) => boolean): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? '', text[at + word.length] ?? ''];
    if (/[A-Za-z0-9]/.test(before) || /[A-Za-z0-9]/.test(after)) continue;
    if (isMeant(text.slice(0, at), text.slice(at + word.length))) return at;
  }
  return -1;
}

/** The string that pieces say in an overlay. */
export function textIn(pieces: readonly Piece[], tokens: Tokens): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : (tokens[piece.token] ?? ''))).join('');
}
