import type { RE2JS } from 're2js';

/** A regular expression as Go's regexp reads it. */
export interface GoRegExp {
  test(text: string): boolean;
  /** The first match; empty where there is none. */
  find(text: string): string;
  /** All matches, or the first so many. */
  findAll(text: string, count: number): string[];
  /** The groups of the first match by number and by name, empty ones too; undefined where nothing matches. */
  groups(text: string): ReadonlyMap<string, string> | undefined;
  /** Each match replaced by a template with `$1`, `${1}` and `${name}`; `$1x` is a group of that whole name. */
  replaceAll(text: string, template: string): string;
}

const compiled = new Map<string, GoRegExp | undefined>();

/** Compiles a pattern once; undefined where Go does not take it. */
export function goRegExp(pattern: string): GoRegExp | undefined {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern);
}

function compile(pattern: string): GoRegExp | undefined {
  const { RE2JS } = require('re2js') as typeof import('re2js');
  try {
    return new Matching(RE2JS.compile(pattern));
  } catch {
    return undefined;
  }
}

class Matching implements GoRegExp {
  constructor(private readonly pattern: RE2JS) {}

  test(text: string): boolean {
    return this.pattern.matcher(text).find();
  }

  find(text: string): string {
    return this.findAll(text, 1)[0] ?? '';
  }

  findAll(text: string, count: number): string[] {
    const matcher = this.pattern.matcher(text);
    const found: string[] = [];
    while ((count < 0 || found.length < count) && matcher.find()) found.push(matcher.group() ?? '');
    return found;
  }

  groups(text: string): ReadonlyMap<string, string> | undefined {
    const matcher = this.pattern.matcher(text);
    return matcher.find() ? this.groupsOf(matcher) : undefined;
  }

  replaceAll(text: string, template: string): string {
    const matcher = this.pattern.matcher(text);
    let [replaced, from] = ['', 0];
    while (matcher.find()) {
      const groups = this.groupsOf(matcher);
      replaced += text.slice(from, matcher.start());
      // Regexp.Expand.
      replaced += template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar, braced?: string, bare?: string) =>
        dollar === undefined ? (groups.get((braced ?? bare)!) ?? '') : '$',
      );
      from = matcher.end();
    }
    return replaced + text.slice(from);
  }

  private groupsOf(matcher: ReturnType<RE2JS['matcher']>): ReadonlyMap<string, string> {
    const numbered = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
    return new Map([
      ...numbered.map((value, i) => [String(i), value] as const),
      ...Object.entries(this.pattern.namedGroups()).map(([name, i]) => [name, numbered[i] ?? ''] as const),
    ]);
  }
}
