import { commands } from '../../cli/commands';
import { completeWords } from '../../cli/completion';
import { commandHelp, described, generalHelp } from '../../cli/options/help';
import { parse } from '../../cli/options/parse';
import { COMMAND_TABLES, render, verify } from '../../cli/tables';
import { watching } from '../../cli/watch/watch';
import { kind } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
import { Matrix, target } from '../../model/matrix';
import { anEnvironment } from '../model/support';

test.each(commands.map((command) => [command.table.name, command] as const))(
  'the code of %s is there when it is called',
  async (_, { load }) => expect(typeof (await load())).toBe('function'),
);

test('every command has a table, and every table its command', () =>
  expect(commands.map(({ table }) => table)).toEqual(COMMAND_TABLES));

describe('help', () => {
  test('names the commands, and the options that need none', () => {
    const text = generalHelp(COMMAND_TABLES).join('\n');
    for (const { summary } of COMMAND_TABLES) expect(text).toContain(summary);
    expect(text).toMatch(/^ +--version +print the version/m);
    expect(text).toMatch(/^ +-h, --help +show this help/m);
  });
  test('says which options may be given several times; of arguments the dots say it', () => {
    const text = commandHelp(verify).join('\n');
    expect(text).toMatch(/--declare PATH +.*may be given several times/);
    for (const argument of verify.arguments) expect(described(argument)).not.toContain('several times');
  });
});

describe('the values of options', () => {
  test('are lists only where the table says so', () => {
    expect(parse(render, ['--out', 'a,b']).values).toMatchObject({ out: 'a,b' });
    expect(parse(verify, ['--only', 'a,,b', '--only', 'c', 'x']).values).toMatchObject({ only: ['a', 'b', 'c'] });
  });
  test('are the default where nothing is given', () => {
    expect(parse(render, []).values).toMatchObject({ out: undefined, previous: undefined, watch: false });
    expect(parse(verify, ['x', '--all']).values).toMatchObject({ all: true, format: 'text' });
  });
});

describe('what is offered for a word', () => {
  const dev = anEnvironment('dev');
  const offered = async (...words: string[]) => {
    const lines: string[] = [];
    const composition = {
      version: '1.0.0',
      matrix: new Matrix<unknown>(components, target(dev, { ...kind, settings: {} }, [])),
      features: [],
      compose: () => [],
    } as unknown as Parameters<typeof completeWords>[1];
    await completeWords(COMMAND_TABLES, composition, words, {
      env: {},
      print: (line) => lines.push(line),
      printError: () => {},
    });
    return lines.map((line) => line.split('\t')[0]);
  };
  test.each<[string, string]>([
    ['render de', 'dev@kind'],
    ['verify --cluster k', 'kind'],
    ['checks pvc-ex', 'pvc-exists'],
    ['verify --only stor', 'storage'],
    ['help rend', 'render'],
  ])('`strata %s`: %s', async (words, word) => expect(await offered(...words.split(' '))).toContain(word));
  test('a fault of strata itself is not hidden', async () => {
    const broken = {
      matrix: {
        targets: () => {
          throw new TypeError('a fault');
        },
      },
    } as unknown as Parameters<typeof completeWords>[1];
    const host = { env: {}, print: () => {}, printError: () => {} };
    await expect(completeWords(COMMAND_TABLES, broken, ['render', 'd'], host)).rejects.toThrow(TypeError);
  });
  test('nothing is offered for an object of a target that does not exist', async () =>
    expect(await offered('explain', 'gone@kind', 'S')).toEqual([]));
});

test('standard input cannot be watched', async () => {
  const host = { env: {}, print: () => {}, printError: () => {} };
  await expect(watching(verify, parse(verify, ['-']), async () => {}, host)).rejects.toThrow(
    'standard input cannot be watched',
  );
});
