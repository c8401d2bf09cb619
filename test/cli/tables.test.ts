import { GROUPS } from '../../checks/check';
import { judgingCommands } from '../../cli/judging';
import { COMMAND_TABLES, diff, GROUP_NAMES, publish, verify } from '../../cli/tables';
import { RISK_CLASSES } from '../../diff/risk/classes';
import { formats } from '../../report/formats';

test('the tables repeat exactly the formats and groups that there are', () => {
  expect(verify.options.format.choices).toEqual(Object.keys(formats));
  expect(GROUP_NAMES).toEqual(GROUPS);
});

test('a change can be refused by every class of risk, in the order of the classes', () => {
  for (const { options } of [diff, publish]) expect(options['fail-on'].choices).toEqual(RISK_CLASSES);
});

test('no two commands have one name, no two options of a command one letter', () => {
  const names = COMMAND_TABLES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { options } of COMMAND_TABLES) {
    const letters = Object.values(options).flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect([...Object.keys(options), ...letters]).not.toContain('help');
    expect(letters).not.toContain('h');
  }
});

test('only the last argument of a command may be given several times or left out before others', () => {
  for (const table of COMMAND_TABLES) {
    expect(table.arguments.slice(0, -1).filter(({ repeatable }) => repeatable)).toEqual([]);
    const required = table.arguments.map(({ unset }) => unset === undefined);
    expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
  }
});

test('an option that is for some of what a command does names some of what that command can do', () => {
  for (const {
    name,
    options,
    arguments: [what],
  } of COMMAND_TABLES)
    for (const [option, { with: fitting }] of Object.entries(options))
      if (fitting)
        expect([name, option, fitting.some((each) => what?.choices?.includes(each))]).toEqual([name, option, true]);
});

test('a command that reads manifests of any tool needs no project', () => {
  const judging = judgingCommands.map(({ table }) => table.name);
  const reading = COMMAND_TABLES.filter(({ arguments: all }) => all.some(({ name }) => /^PATH/.test(name)));
  expect(reading.length).toBeGreaterThan(4);
  expect(reading.map(({ name }) => name).filter((name) => !judging.includes(name))).toEqual([]);
});
