import { near } from '../../model/near';
import { regexProblem } from '../prometheus/regex';

/** The matchers of a syntax, and how many values each takes; empty: any number but none. */
type Matchers = Readonly<Record<string, readonly number[]>>;

/** pkg/muxer/{http,tcp}/matcher.go, 3.0.0 to 3.7.9. */
const V3: Readonly<Record<'http' | 'tcp', Matchers>> = {
  http: {
    ...{ ClientIP: [1], Method: [1], Host: [1], HostRegexp: [1], Path: [1], PathRegexp: [1], PathPrefix: [1] },
    ...{ Header: [2], HeaderRegexp: [2], Query: [1, 2], QueryRegexp: [1, 2] },
  },
  tcp: { ALPN: [1], ClientIP: [1], HostSNI: [1], HostSNIRegexp: [1] },
};
/** The same of Traefik 2: pkg/muxer/{http,tcp}/matcher_v2.go. */
const V2: Readonly<Record<'http' | 'tcp', Matchers>> = {
  http: {
    ...{ Host: [], HostHeader: [], HostRegexp: [], ClientIP: [], Path: [], PathPrefix: [], Method: [] },
    ...{ Headers: [], HeadersRegexp: [], Query: [] },
  },
  tcp: { ALPN: [], ClientIP: [], HostSNI: [], HostSNIRegexp: [] },
};

/** A rule as Traefik reads it. */
export type TraefikRule =
  | { readonly is: 'matcher'; readonly name: string; readonly values: readonly string[] }
  | { readonly is: 'not'; readonly of: TraefikRule }
  | { readonly is: 'and' | 'or'; readonly of: readonly [TraefikRule, TraefikRule] };

/**
 * The rule of a router (`Host(…) && PathPrefix(…)`), or why Traefik cannot read it. Rules are expressions of Go with a function for each matcher
 * (pkg/rules/parser.go, github.com/vulcand/predicate). What values mean is judged in `v3` alone.
 */
export function traefikRule(rule: string, of: 'http' | 'tcp', syntax: 'v2' | 'v3'): TraefikRule | string {
  const tokens = tokensOf(rule);
  if (typeof tokens === 'string') return tokens;
  return new RuleReader(tokens, (syntax === 'v3' ? V3 : V2)[of], syntax === 'v3').rule();
}

/** Why Traefik cannot read the rule of a router; undefined where it can. */
export function traefikRuleProblem(rule: string, of: 'http' | 'tcp', syntax: 'v2' | 'v3'): string | undefined {
  const read = traefikRule(rule, of, syntax);
  return typeof read === 'string' ? read : undefined;
}

type Kind = 'name' | 'text' | 'sign' | 'end of line' | 'other';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const TOKEN =
  /(?<space>[ \t\r]+)|(?<line>\n)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<text>`[^`]*`|"(?:\\.|[^"\\\n])*")|(?<sign>&&|\|\||[!(),])|(?<other>[^\s`"&|!(),\p{L}_]+|.)/gu;

/** The tokens of a rule, or what is wrong with one. Like Go, a line that ends behind a value or a `)` ends the expression. */
function tokensOf(rule: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (const { groups } of rule.matchAll(TOKEN)) {
    const found = groups ?? {};
    const last = tokens.at(-1);
    if (found['line'] !== undefined) {
      if (last && (last.kind === 'name' || last.kind === 'text' || last.kind === 'other' || last.text === ')'))
        tokens.push({ kind: 'end of line', text: '\n' });
    } else if (found['name'] !== undefined) tokens.push({ kind: 'name', text: found['name'] });
    else if (found['sign'] !== undefined) tokens.push({ kind: 'sign', text: found['sign'] });
    else if (found['text'] !== undefined) {
      // Behind an escaped backslash stands no escape.
      if (found['text'].startsWith('"') && /\\[^abfnrtv"xuU0-7]/.test(found['text'].replaceAll('\\\\', '')))
        return `${found['text']} has an escape that Go does not know: write it in backticks`;
      tokens.push({ kind: 'text', text: found['text'] });
    } else if (found['other'] === '`' || found['other'] === '"') return `a ${found['other']} is not closed`;
    else if (found['other'] !== undefined) tokens.push({ kind: 'other', text: found['other'] });
  }
  if (tokens.at(-1)?.kind === 'end of line') tokens.pop();
  return tokens;
}

/** Reads one rule; what cannot be read gives the first fault as a text. */
class RuleReader {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly matchers: Matchers,
    private readonly judgesValues: boolean,
  ) {}

  rule(): TraefikRule | string {
    if (this.tokens.length === 0) return 'it is empty';
    const read = this.joined('||', 'or');
    return typeof read !== 'string' && this.next < this.tokens.length ? this.unexpected() : read;
  }

  /** What binds closer stands together: `a || b && c` is `a || (b && c)`. */
  private joined(sign: '||' | '&&', is: 'or' | 'and'): TraefikRule | string {
    const part = () => (sign === '||' ? this.joined('&&', 'and') : this.term());
    let read = part();
    while (typeof read !== 'string' && this.take(sign)) {
      const other = part();
      read = typeof other === 'string' ? other : { is, of: [read, other] };
    }
    return read;
  }

  private term(): TraefikRule | string {
    if (this.take('!')) {
      const of = this.term();
      return typeof of === 'string' ? of : { is: 'not', of };
    }
    if (this.take('(')) {
      const inner = this.joined('||', 'or');
      return typeof inner === 'string' || this.take(')') ? inner : this.unexpected();
    }
    const token = this.tokens[this.next];
    if (token?.kind !== 'name') return this.unexpected();
    this.next++;
    if (!this.take('(')) return `${token.text} has no values: it takes them in parentheses`;
    const values: string[] = [];
    while (!this.take(')')) {
      const value = this.tokens[this.next];
      if (value?.kind !== 'text')
        return value === undefined || value.kind === 'end of line'
          ? this.unexpected()
          : `the values of ${token.text} stand in backticks or double quotes, and ${value.text} does not`;
      values.push(unquoted(value.text));
      this.next++;
      if (this.take(',')) continue;
      if (this.tokens[this.next]?.text !== ')') return this.unexpected();
    }
    return this.matcher(token.text, values);
  }

  private matcher(written: string, values: readonly string[]): TraefikRule | string {
    const names = Object.keys(this.matchers);
    const name = names.find((each) => spellings(each).includes(written));
    if (name === undefined) return `there is no matcher ${written}${near(written, names)}`;
    return this.valuesProblem(name, values) ?? { is: 'matcher', name, values };
  }

  private valuesProblem(name: string, values: readonly string[]): string | undefined {
    const counts = this.matchers[name]!;
    if (values.length === 0 || (counts.length > 0 && !counts.includes(values.length)))
      return `${name} takes ${counts.length > 0 ? counts.join(' or ') : 'some'} values and not ${values.length}`;
    if (values.includes('')) return `a value of ${name} is empty`;
    const last = values.at(-1)!;
    if (!this.judgesValues) return undefined;
    if ((name === 'Path' || name === 'PathPrefix') && !last.startsWith('/'))
      return `the value of ${name} begins with a /, and ${last} does not`;
    if (name.startsWith('Host') && /\P{ASCII}/u.test(last)) return `${last} is not ASCII, which ${name} takes alone`;
    // With one value QueryRegexp is Query.
    if (!name.endsWith('Regexp') || (name === 'QueryRegexp' && values.length === 1)) return undefined;
    const wrong = regexProblem(last);
    return wrong && `the regular expression of ${name} cannot be compiled (${wrong})`;
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.next];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.next++;
    return true;
  }

  private unexpected(): string {
    const token = this.tokens[this.next];
    if (token === undefined) return 'it ends too early';
    return token.kind === 'end of line'
      ? 'a line ends where the rule goes on: && and || stand at the end of a line and not at the beginning of the next'
      : `${token.text} stands where it cannot`;
  }
}

/** As Traefik takes a name: as it is, in small or capital letters, or with one capital. */
function spellings(name: string): readonly string[] {
  const small = name.toLowerCase();
  return [name, small, name.toUpperCase(), small.charAt(0).toUpperCase() + small.slice(1)];
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** What a text of Go says (strconv.Unquote). */
function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1).replaceAll('\r', '');
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs,
      (_, hex?: string, short?: string, long?: string, octal?: string, one?: string) => {
        if (one !== undefined) return ESCAPES[one] ?? one;
        return String.fromCodePoint(
          octal === undefined ? Number.parseInt((hex ?? short ?? long)!, 16) : Number.parseInt(octal, 8),
        );
      },
    );
}
