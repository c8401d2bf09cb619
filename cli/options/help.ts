import { columns } from '../../report/columns';
import { usage } from './parse';
import type { Argument, CommandTable, Option } from './table';

const HELP = ['-h, --help', 'show this help'] as const;

/** What `strata COMMAND --help` prints. */
export function commandHelp(table: CommandTable): string[] {
  return [
    `strata ${usage(table)}`,
    '',
    sentence(table.summary),
    ...section(
      'Arguments',
      table.arguments.map((argument) => [argumentName(argument), described(argument)]),
    ),
    ...section('Options', [
      ...Object.entries(table.options).map(([name, option]) => [optionName(name, option), described(option)]),
      HELP,
    ]),
  ];
}

/** What `strata help` prints. */
export function generalHelp(tables: readonly CommandTable[]): string[] {
  return [
    'strata: a platform in typed layers, rendered to plain YAML',
    '',
    'strata COMMAND [ARGUMENT…] [OPTION…]',
    ...section(
      'Commands',
      tables.map(({ name, summary }) => [name, summary]),
    ),
    ...section('Options', [HELP, ['--version', 'print the version']]),
    '',
    '`strata help COMMAND` shows the arguments and options of a command.',
  ];
}

export function argumentName({ name, repeatable }: Argument): string {
  return repeatable ? `${name}…` : name;
}

export function optionName(name: string, option: Option): string {
  const long = option.value !== undefined ? `--${name} ${option.value}` : `--${name}`;
  return option.short === undefined ? long : `-${option.short}, ${long}`;
}

/** The description with the choices and the default. */
export function described(word: Argument | Option): string {
  const choices = 'choices' in word && word.choices ? `: ${word.choices.join(', ')}` : '';
  const several = !('name' in word) && 'repeatable' in word ? '; may be given several times' : '';
  return `${word.description}${choices}${several} (${defaultOf(word)})`;
}

/** The default, or what happens without it. */
export function defaultOf(word: Argument | Option): string {
  if ('default' in word) return `default: ${word.default}`;
  if ('unset' in word) return `default: ${word.unset}`;
  return 'name' in word ? 'required' : 'default: off';
}

export function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...columns(rows).map((line) => `  ${line}`)];
}
