import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { newFolder } from '../render/support';
import { readRepository } from '../support/repository';
import { sectionsOf } from '../support/walkthrough';
import { SERVICE_WITHOUT_PODS } from './examples';
import { Installed } from './installed';

jest.setTimeout(120_000);

const installed = new Installed();
installed.write('broken.yaml', SERVICE_WITHOUT_PODS);

describe('in CI', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly runs: { readonly steps: readonly { readonly run: string; readonly shell: string }[] };
  }
  const action = load(readRepository('action.yml')) as Action;

  test('the action shows the findings at their lines, writes the summary, and fails when something will break', () => {
    const temp = newFolder();
    mkdirSync(join(temp, 'strata/bin'), { recursive: true });
    symlinkSync(join(installed.bin, 'strata'), join(temp, 'strata/bin/strata'));
    const verify = (env: Readonly<Record<string, string>>) =>
      installed.run('/bin/bash', ['-e', '-o', 'pipefail', '-c', action.runs.steps.at(-1)!.run], {
        env: {
          PATHS: action.inputs['paths']!.default,
          OPTIONS: '',
          ...env,
          RUNNER_TEMP: temp,
          GITHUB_STEP_SUMMARY: join(temp, 'summary'),
        },
      });
    const { status, stdout } = verify({ PATHS: 'brok*.yaml' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error file=broken\.yaml,line=\d+/m);
    expect(readFileSync(join(temp, 'summary'), 'utf8')).toContain('service-selects-workload');
    expect(verify({ PATHS: 'broken.yaml', OPTIONS: '--only pdb-selects,pdb-single' }).status).toBe(0);
  });

  test('the action installs what npm packs', () => {
    const [install] = action.runs.steps;
    expect(install!.run).toContain('npm ci ');
    expect(install!.run).toContain('npm install --global --prefix "$RUNNER_TEMP/strata"');
  });

  test('the hook of pre-commit calls the program of the package', () => {
    const [hook, ...others] = load(readRepository('.pre-commit-hooks.yaml')) as {
      readonly entry: string;
      readonly args: readonly string[];
      readonly language: string;
      readonly files: string;
    }[];
    expect([hook!.language, others]).toEqual(['node', []]);
    expect(['k8s/a.yaml', 'b.yml', 'c.json', 'd.ts'].map((name) => new RegExp(hook!.files).test(name))).toEqual([
      ...[true, true, true, false],
    ]);
    const [program, ...words] = [...hook!.entry.split(' '), ...hook!.args];
    const { status, stdout } = installed.run('/bin/sh', ['-c', [program, ...words].join(' ')], {
      path: [installed.bin, installed.node],
    });
    expect(status).not.toBe(0);
    expect(stdout).toContain('broken.yaml:');
  });
});

describe('what docs/verify.md and its reference say of CI', () => {
  const blocksUnder = (path: string, heading: string) =>
    sectionsOf(readRepository(path))
      .find(({ title }) => title === heading)!
      .blocks.map(({ content }) => load(content));
  const [github] = blocksUnder('docs/verify.md', 'In CI') as [Workflow];
  const [gitlab, precommit] = blocksUnder('docs/verify-reference.md', 'More of CI') as [Pipeline, Hooks];
  interface Workflow {
    readonly jobs: {
      readonly verify: { readonly steps: readonly { readonly with?: Readonly<Record<string, string>> }[] };
    };
  }
  interface Pipeline {
    readonly verify: {
      readonly script: readonly string[];
      readonly artifacts: { readonly reports: { readonly junit: string } };
    };
  }
  interface Hooks {
    readonly repos: readonly { readonly hooks: readonly { readonly id: string; readonly args: readonly string[] }[] }[];
  }
  const shell = (command: string) =>
    installed.run('/bin/sh', ['-c', command], { path: [installed.bin, installed.node] });
  beforeAll(() => {
    installed.write('k8s/broken.yaml', SERVICE_WITHOUT_PODS);
    installed.write('elsewhere.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n');
  });

  test('gives the action inputs that it has, with values that it can use', () => {
    const { inputs } = load(readRepository('action.yml')) as { readonly inputs: object };
    const given = github.jobs.verify.steps.at(-1)!.with!;
    expect(Object.keys(inputs)).toEqual(Object.keys(given));
    const { status, stdout } = shell(`strata verify ${given['paths']} ${given['options']} --format github`);
    expect(stdout).toMatch(/^::error file=k8s\/broken\.yaml,line=/m);
    expect(status).toBe(1);
  });

  test('writes the report that GitLab is told of', () => {
    const { script, artifacts } = gitlab.verify;
    expect(script[0]).toMatch(/^npm install --global \.\/strata-[\d.]+\.tgz$/);
    expect(shell(script[1]!).status).toBe(1);
    expect(shell(`cat ${artifacts.reports.junit} || /bin/cat ${artifacts.reports.junit}`).stdout).toContain(
      '<testsuite',
    );
  });

  test('names a hook that this repository defines, with arguments that it takes', () => {
    const [hook] = precommit.repos[0]!.hooks;
    const defined = load(readRepository('.pre-commit-hooks.yaml')) as readonly {
      readonly id: string;
      readonly entry: string;
    }[];
    const { entry } = defined.find(({ id }) => id === hook!.id)!;
    const { status, stdout } = shell([entry, ...hook!.args].join(' '));
    expect(stdout).toContain('k8s/broken.yaml:');
    expect(status).toBe(1);
  });
});
