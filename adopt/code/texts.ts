import { camel } from '../words';
import { template } from './print';

/** Strings of several lines, which stand in constants of their own: those that settings need before them, all others at the end of the file. */
export class LongTexts {
  private readonly names = new Map<string, string>();
  private readonly early = new Set<string>();

  /** The constant of a string at the end of the file; undefined where it may stand in its place. */
  lateName(text: string, path: readonly string[]): string | undefined {
    return isLong(text) ? this.nameOf(text, path) : undefined;
  }

  /** The same, before everything else. */
  earlyName(text: string, path: readonly string[]): string | undefined {
    if (!isLong(text)) return undefined;
    this.early.add(text);
    return this.nameOf(text, path);
  }

  private nameOf(text: string, path: readonly string[]): string {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const last = wordOf(path);
    const taken = new Set(this.names.values());
    const all = [last, [path[1], last].join('-'), path.join('-'), `${path.join('-')}-text`].map(constantName);
    let name = all.find((one) => !taken.has(one)) ?? all.at(-1)!;
    while (taken.has(name)) name = `${name}_TEXT`;
    this.names.set(text, name);
    return name;
  }

  /** The names of all constants. */
  get taken(): ReadonlySet<string> {
    return new Set(this.names.values());
  }

  first(): string[] {
    return [...this.names].filter(([text]) => this.early.has(text)).map(declared);
  }

  late(): string[] {
    return [...this.names].filter(([text]) => !this.early.has(text)).map(declared);
  }
}

function declared([text, name]: readonly [string, string]): string {
  return `const ${name} = ${template([text])};\n`;
}

function isLong(text: string): boolean {
  return text.includes('\n') && (text.length > 60 || text.trimEnd().includes('\n'));
}

/** What a text is called: by its field; what a program runs is a script, whatever its number among the arguments is. */
function wordOf(path: readonly string[]): string {
  const field = path.findLast((key) => !/^\d+$/.test(key)) ?? 'text';
  return path.at(-1) !== field && /^(command|args)$/.test(field) ? 'script' : field;
}

function constantName(text: string): string {
  const word = camel(/^\d/.test(text) ? `file-${text}` : text);
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/^file(?=\d)/, 'file_')
    .toUpperCase();
}
