import { StrataError } from '../../model/errors';

/** A source of a project that a line is added to. What is not found is an error that shows the line, for a person to add. */
export class EditedSource {
  constructor(
    readonly path: string,
    private text: string,
  ) {}

  toString(): string {
    return this.text;
  }

  /** Whether its code, apart from texts and comments, has this name; one behind a dot is another thing's. */
  uses(name: string): boolean {
    return new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(this.text.replace(TEXT_OR_COMMENT, "''"));
  }

  /** An import among the others, where a formatter sorts it: packages first, then files of other folders, then those beside it. */
  addImport(statement: string): void {
    if (this.text.includes(statement)) return;
    const all = [...this.text.matchAll(/^import\b[^;]*;\n/gm)];
    const after = all.findLast(([other]) => rankOf(other) <= rankOf(statement));
    this.insert(after ? after.index + after[0].length : (all[0]?.index ?? 0), `${statement}\n`);
  }

  /** A name among those that are imported of a module. */
  addName(module: string, name: string): void {
    const found = new RegExp(`^import \\{([^}]*)\\} from '${module}';\\n`, 'm').exec(this.text);
    if (!found) return this.addImport(`import { ${name} } from '${module}';`);
    const names = found[1]!
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
    if (names.includes(name)) return;
    const all = [...names, name].sort((a, b) => a.localeCompare(b, 'en'));
    this.text = this.text.replace(found[0], `import { ${all.join(', ')} } from '${module}';\n`);
  }

  /** A line at the end of what stands between the brackets behind the first match of `opening`, which ends with the bracket. */
  addLine(opening: RegExp, line: string): void {
    const [from, to] = this.between(opening, line);
    const inside = this.text.slice(from, to);
    const indentation = /\n([ \t]+)\S[^\n]*\s*$/.exec(inside)?.[1] ?? '  ';
    const comma = /[([]$/.test(this.text.slice(0, from)) && /[^,\s]\s*$/.test(inside) ? ',' : '';
    const end = from + inside.trimEnd().length;
    const after = this.text.slice(from + inside.trimEnd().length, to);
    this.text = `${this.text.slice(0, end)}${comma}\n${indentation}${line}${after.includes('\n') ? after : '\n'}${this.text.slice(to)}`;
  }

  /** An item at the end of a list that stands in one line. */
  addItem(opening: RegExp, item: string): void {
    const [from, to] = this.between(opening, item);
    const inside = this.text.slice(from, to).replace(/,?\s*$/, '');
    this.text = `${this.text.slice(0, from)}${inside}${inside.trim() === '' ? '' : ', '}${item}${this.text.slice(to)}`;
  }

  private between(opening: RegExp, line: string): readonly [number, number] {
    const found = opening.exec(this.text);
    const from = found ? found.index + found[0].length : -1;
    const to = found ? closingOf(this.text, from) : -1;
    if (to < 0)
      throw new StrataError(this.path, `has no place for a line that is to be added: nothing like ${opening.source}`, [
        `add it yourself: ${line}`,
      ]);
    return [from, to];
  }

  private insert(at: number, text: string): void {
    this.text = this.text.slice(0, at) + text + this.text.slice(at);
  }
}

/** What imports are sorted by. */
function rankOf(statement: string): string {
  const module = /'([^']+)'/.exec(statement)?.[1] ?? '';
  return `${module.startsWith('./') ? 2 : module.startsWith('../') ? 1 : 0}${module}`;
}

const TEXT_OR_COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

/** Where the bracket closes that was opened before `from`; -1 where it does not. Texts and comments are passed over. */
function closingOf(text: string, from: number): number {
  let depth = 1;
  const tokens = new RegExp(`${TEXT_OR_COMMENT.source}|[([{]|[)\\]}]`, 'g');
  tokens.lastIndex = from;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (/^[([{]$/.test(token[0])) depth++;
    else if (/^[)\]}]$/.test(token[0]) && --depth === 0) return token.index;
  }
  return -1;
}
