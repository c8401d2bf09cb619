import { parseArgs } from 'node:util';
import { knownNames, meantName, StrataError } from '../../model/errors';
import type { CommandTable, Given, Option, OptionWithValue } from './table';

/** Whether the arguments ask for the help, whatever else is among them. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

/** Reads a command's arguments by its table. Everything that the table does not know is an error, which names the other commands that do. */
export function parse<T extends CommandTable>(
  table: T,
  args: readonly string[],
  others: readonly CommandTable[] = [],
): Given<T> {
  const options: Readonly<Record<string, Option>> = table.options;
  const { tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        { type: option.value !== undefined ? 'string' : 'boolean', ...(option.short ? { short: option.short } : {}) },
      ]),
    ),
  });
  const given = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    else if (token.kind === 'option') {
      const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
      if (!option) throw unknownOption(table, token.rawName, others);
      const values = given.get(token.name) ?? [];
      given.set(token.name, values);
      if (option.value !== undefined) values.push(...valuesOf(table, token, option));
      else if (token.value !== undefined)
        throw new StrataError(at(table, `${token.rawName}=${token.value}`), `${token.rawName} takes no value`, [
          `write ${token.rawName} alone`,
        ]);
      if (values.length > 1 && !('repeatable' in option))
        throw new StrataError(at(table, token.rawName), 'the option is given twice, and it takes one value', [
          `remove one of the two: ${values.join(', ')}`,
        ]);
    }
  }
  checkWords(table, words);
  for (const name of given.keys()) checkFits(table, name, options[name]!, words[0]);
  const values = Object.entries(options).map(([name, option]) => {
    const value = given.get(name);
    if (option.value === undefined) return [name, value !== undefined];
    return [name, option.repeatable ? value : (value?.[0] ?? ('default' in option ? option.default : undefined))];
  });
  return { values: Object.fromEntries(values) as Given<T>['values'], words };
}

function valuesOf(
  table: CommandTable,
  { rawName, value, inlineValue }: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
  option: OptionWithValue,
): string[] {
  if (value === undefined || (!inlineValue && value.startsWith('-') && value !== '-'))
    throw new StrataError(at(table, rawName), 'the option needs a value', [
      `write ${rawName} ${option.value}: ${option.description}`,
      ...(value === undefined ? [] : [`write ${rawName}=${value} if the value begins with a hyphen`]),
    ]);
  // `-o=json` as well as `-ojson`, as kubectl has it.
  const text = inlineValue && !rawName.startsWith('--') ? value.replace(/^=/, '') : value;
  const values = option.commas ? text.split(',').filter(Boolean) : [text];
  for (const one of values) checkChoice(`${rawName} ${one}`, one, option.choices);
  return values;
}

function checkWords(table: CommandTable, words: readonly string[]): void {
  for (const [i, argument] of table.arguments.entries()) {
    const word = words[i];
    if (word === undefined && argument.unset === undefined)
      throw new StrataError(`strata ${table.name}`, `needs ${argument.name}: ${argument.description}`, [
        `call strata ${usage(table)}`,
      ]);
    if (word !== undefined) checkChoice(`strata ${table.name} ${word}`, word, argument.choices);
  }
  const surplus = table.arguments.at(-1)?.repeatable ? undefined : words[table.arguments.length];
  if (surplus !== undefined)
    throw new StrataError(at(table, surplus), 'there is an argument too many', [`call strata ${usage(table)}`]);
}

/** Whether an option means anything with the first argument, such as what is simulated. */
function checkFits(table: CommandTable, name: string, option: Option, first: string | undefined): void {
  if (!option.with || first === undefined || option.with.includes(first)) return;
  const known = table.arguments[0]?.choices ?? [];
  const fitting = option.with.filter((each) => known.includes(each)).map((each) => `strata ${table.name} ${each}`);
  throw new StrataError(at(table, `${first} --${name}`), `the option is for ${fitting.join(', ')}`, [
    `leave --${name} out`,
    `read strata ${table.name} --help`,
  ]);
}

function checkChoice(place: string, value: string, choices: readonly string[] | undefined): void {
  if (choices && !choices.includes(value))
    throw new StrataError(place, `${value} is not one of the accepted values`, [
      `use an accepted one: ${knownNames(value, choices)}`,
    ]);
}

function unknownOption(table: CommandTable, rawName: string, others: readonly CommandTable[]): StrataError {
  const known = Object.keys(table.options).map((name) => `--${name}`);
  const having = others.filter(({ options }) => Object.keys(options).some((name) => `--${name}` === rawName));
  return new StrataError(at(table, rawName), 'there is no such option', [
    ...(having.length > 0
      ? [`call a command that has it: ${having.map(({ name }) => `strata ${name}`).join(', ')}`]
      : []),
    known.length > 0
      ? `use one that there is: ${knownNames(rawName, [...known, '--help'])}`
      : `${meantName(rawName, ['--help'])} leave it out: strata ${table.name} has no options`.trimStart(),
    `read strata ${table.name} --help`,
  ]);
}

function at({ name }: CommandTable, what: string): string {
  return `strata ${name} ${what}`;
}

/** More options than this are listed below the usage only. */
const MANY_OPTIONS = 3;

/** `render [TARGET…] [--out DIR] [--previous DIR]` */
export function usage(table: CommandTable): string {
  const words = table.arguments.map(({ name, repeatable, unset }) => {
    const word = repeatable ? `${name}…` : name;
    return unset === undefined ? word : `[${word}]`;
  });
  const options = Object.entries<Option>(table.options).map(([name, option]) =>
    option.value !== undefined ? `[--${name} ${option.value}]` : `[--${name}]`,
  );
  return [table.name, ...words, ...(options.length > MANY_OPTIONS ? ['[OPTION…]'] : options)].join(' ');
}
