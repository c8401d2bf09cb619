import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { complete } from '../../cli/options/complete';
import type { Shell } from '../../cli/options/shells';
import { scripts } from '../../cli/options/shells';
import { COMMAND_TABLES } from '../../cli/tables';
import { newFolder } from '../render/support';

const root = join(__dirname, '../..');

describe('what is offered', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    target: ['dev@kind', 'dev@shared', 'prod@cloud'],
    cluster: ['kind', 'cloud'],
    check: ['pvc-exists', 'pdb-selects'],
    group: ['storage', 'security'],
    command: ['render', 'verify'],
  };
  const offered = async (...words: string[]) => {
    const { candidates, paths } = await complete(COMMAND_TABLES, words, (what, [target]) =>
      what === 'object' ? [`Service/of-${target}`] : names[what]!,
    );
    return [...candidates.map(({ word }) => word), ...(paths ? [`:${paths}`] : [])];
  };

  test.each<[words: string, expected: readonly string[]]>([
    ['re', ['render']],
    ['--v', ['--version']],
    ['nonsense ', []],
    ['explain dev', ['dev@kind', 'dev@shared']],
    ['explain dev@kind S', ['Service/of-dev@kind']],
    ['explain dev@kind Service/web spec', []],
    ['render dev@kind pr', ['prod@cloud']],
    ['render --', ['--out', '--previous', '--watch', '--help']],
    ['render --out x --', ['--previous', '--watch', '--help']],
    ['render --out=x --', ['--previous', '--watch', '--help']],
    ['render --out x', [':folder']],
    ['render --out x de', ['dev@kind', 'dev@shared']],
    ['render --out=x de', ['dev@kind', 'dev@shared']],
    ['verify de', ['dev@kind', 'dev@shared', ':file']],
    ['verify -- --', [':file']],
    ['verify --declare a --decl', ['--declare']],
    ['verify --format js', ['json']],
    ['verify --format=j', ['--format=json', '--format=junit']],
    ['verify --all de', ['dev@kind', 'dev@shared', ':file']],
    ['verify --only s', ['storage', 'security']],
    ['verify --only security,p', ['security,pvc-exists', 'security,pdb-selects']],
    ['verify --only=security,pv', ['--only=security,pvc-exists']],
    ['verify --nonsense=', []],
    // Only of a list the last name is completed.
    ['verify --cluster kind,', [':file']],
    ['verify --cluster k', ['kind', ':file']],
    ['clusters -o ', ['yaml', 'json', 'kind']],
    ['clusters -o yaml k', ['kind']],
    ['clusters kind ', []],
    ['help v', ['verify']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['targets ', ['dev@kind', 'dev@shared', 'prod@cloud']],
  ])('for `strata %s`', async (words, expected) => expect(await offered(...words.split(' '))).toEqual(expected));
});

describe('the script for', () => {
  const folder = newFolder();
  const program = join(folder, 'strata');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/strata.mjs')}" "$@"\n`);
  chmodSync(program, 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };

  test('bash completes the words that bash makes of a line, which it splits at @ and =', () => {
    const lines: [words: readonly string[], expected: readonly string[]][] = [
      [['ren'], ['render']],
      [['explain', 'dev', '@', 'ki'], ['kind']],
      [
        ['explain', 'dev', '@'],
        ['kind', 'shared'],
      ],
      [['explain', 'dev@ki'], ['dev@kind']],
      [['explain', 'dev', '@', 'kind', 'Deployment/w'], ['Deployment/web']],
      [['verify', '--format', '=', 'js'], ['json']],
      [['verify', '--format=js'], ['--format=json']],
      [['verify', '--only', 'service-selects-'], ['service-selects-workload']],
      [['render', '--out', 'environmen'], ['environments']],
      [['render', '--out', '=', 'environmen'], ['environments']],
      [['render', '--out=environmen'], ['--out=environments']],
      [['verify', 'READ'], ['README.md']],
      [['render', '--prev'], ['--previous']],
      [['nonsense', ''], []],
    ];
    const script = [
      'eval "$(strata completion bash)"',
      ...lines.map(
        ([words]) =>
          `COMP_WORDS=(strata ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _strata; echo "\${COMPREPLY[*]}"`,
      ),
      'complete -p strata',
    ].join('\n');
    const printed = execFileSync('bash', ['-c', script], { cwd: root, env, encoding: 'utf8' }).trimEnd().split('\n');
    expect(printed).toEqual([...lines.map(([, expected]) => expected.join(' ')), 'complete -F _strata strata']);
  });

  /** Skipped, and shown as skipped, where the shell is not installed. */
  const testWith = (shell: Shell) => (spawnSync(shell, ['-c', 'exit 0']).status === 0 ? test : test.skip);
  const syntaxChecks = { bash: ['-n'], zsh: ['-n'], fish: ['--no-execute'] } as const satisfies Record<Shell, string[]>;
  testWith('bash')('bash has the right syntax', () => hasRightSyntax('bash'));
  testWith('zsh')('zsh has the right syntax', () => hasRightSyntax('zsh'));
  testWith('fish')('fish has the right syntax', () => hasRightSyntax('fish'));

  function hasRightSyntax(shell: Shell): void {
    const file = join(folder, `completion.${shell}`);
    const run = () => spawnSync(shell, [...syntaxChecks[shell], file], { encoding: 'utf8' });
    writeFileSync(file, scripts[shell]);
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(file, `${scripts[shell]}\nif true`);
    expect(run().status).not.toBe(0);
  }

  testWith('fish')('fish offers what bash offers', () => {
    const run = (line: string) =>
      execFileSync('fish', ['-c', `strata completion fish | source; complete -C "${line}"`], {
        cwd: root,
        env: { ...env, HOME: folder },
        encoding: 'utf8',
      });
    expect(run('strata explain dev@')).toBe('dev@kind\ndev@shared\n');
    expect(run('strata verify --format=js')).toBe('--format=json\n');
  });
});
