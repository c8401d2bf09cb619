/** The imports of a file: names by module, sorted as a formatter sorts them. */
export class Imports {
  private readonly modules = new Map<string, { readonly types: Set<string>; readonly values: Set<string> }>();

  value(module: string, ...names: readonly string[]): void {
    for (const name of names) this.of(module).values.add(name);
  }

  type(module: string, ...names: readonly string[]): void {
    for (const name of names) this.of(module).types.add(name);
  }

  private of(module: string) {
    const known = this.modules.get(module) ?? { types: new Set<string>(), values: new Set<string>() };
    this.modules.set(module, known);
    return known;
  }

  toString(): string {
    return [...this.modules]
      .sort(([a], [b]) => rank(a) - rank(b) || compare(a, b))
      .flatMap(([module, { types, values }]) => [
        ...(types.size > 0 ? [statement('import type', types, module)] : []),
        ...(values.size > 0 ? [statement('import', values, module)] : []),
      ])
      .join('');
  }
}

function statement(keyword: string, names: ReadonlySet<string>, module: string): string {
  const sorted = [...names].sort((a, b) => compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b));
  const line = `${keyword} { ${sorted.join(', ')} } from '${module}';\n`;
  return line.length <= 121
    ? line
    : `${keyword} {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${module}';\n`;
}

/** Packages, then the files of the project: those further up first. */
function rank(module: string): number {
  return module.startsWith('../') ? 1 : module.startsWith('./') ? 2 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
