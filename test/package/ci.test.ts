import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { git } from '../publish/git';
import { newFolder } from '../render/support';
import { readRepository } from '../support/repository';
import { blocksOf, sectionsOf } from '../support/walkthrough';
import { SERVICE_WITHOUT_PODS } from './examples';
import { ForgeServer } from './forge/server';
import { bash } from './forge/shell';
import { Installed } from './installed';

jest.setTimeout(120_000);

const installed = new Installed();
installed.write('broken.yaml', SERVICE_WITHOUT_PODS);

describe('in CI', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly runs: {
      readonly steps: readonly { readonly name: string; readonly run: string; readonly shell: string }[];
    };
  }
  const action = load(readRepository('action.yml')) as Action;
  const runOf = (step: string) => action.runs.steps.find(({ name }) => name === step)!.run;

  test('the action shows the findings at their lines, writes the summary, and fails when something will break', () => {
    const temp = newFolder();
    mkdirSync(join(temp, 'strata/bin'), { recursive: true });
    symlinkSync(join(installed.bin, 'strata'), join(temp, 'strata/bin/strata'));
    const verify = (env: Readonly<Record<string, string>>) =>
      installed.run('/bin/bash', ['-e', '-o', 'pipefail', '-c', runOf('strata verify')], {
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

  test('the action posts what changes since a revision as one comment, and keeps a dangerous change back', async () => {
    const [repository, temp] = [newFolder(), newFolder()];
    mkdirSync(join(temp, 'strata/bin'), { recursive: true });
    symlinkSync(join(installed.bin, 'strata'), join(temp, 'strata/bin/strata'));
    const write = (port: number) => {
      const ports = `ports: [{ name: http, port: ${port} }]`;
      writeFileSync(
        join(repository, 'k8s/web.yaml'),
        `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { selector: { app: web }, ${ports} }\n`,
      );
    };
    git(repository, 'init', '--quiet', '--initial-branch=main', '.');
    mkdirSync(join(repository, 'k8s'));
    write(80);
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', 'first');
    const forge = new ForgeServer(temp, { api: 'a token', git: '' });
    const url = await forge.start();
    const diff = (env: Readonly<Record<string, string>>) =>
      bash(runOf('strata diff'), repository, {
        PATH: process.env['PATH'],
        RUNNER_TEMP: temp,
        GITHUB_STEP_SUMMARY: join(temp, 'summary'),
        GITHUB_API_URL: `${url}/api`,
        GITHUB_REPOSITORY: 'shop/platform',
        PULL_REQUEST: '7',
        ACTION: join(__dirname, '../..'),
        FOLDER: 'k8s/',
        BASE: 'main',
        FAIL_ON: '',
        TOKEN: 'a token',
        ...env,
      });
    try {
      write(8080);
      expect(await diff({})).toEqual({ status: 0, out: '' });
      write(8888);
      const refused = await diff({ FAIL_ON: 'in-place', FOLDER: 'k8s' });
      expect([refused.status, refused.out]).toEqual([
        1,
        expect.stringMatching(/- change: c[0-9a-f]{11} # Service\/shop\/web/),
      ]);
      expect(forge.comments.map(({ body }) => /80 → \d+|8888/.exec(body)?.[0])).toEqual(['8888']);
      expect(forge.comments[0]!.body).toContain('</b> Service/shop/web');
      expect(readFileSync(join(temp, 'summary'), 'utf8')).toContain('8080');
      const asked = forge.asked.length;
      expect((await diff({ TOKEN: '' })).status).toBe(0);
      expect(forge.asked).toHaveLength(asked);
    } finally {
      forge.stop();
    }
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
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    const [manifests] = blocksOf(readRepository('docs/ci.md')).filter(({ info }) => info.endsWith('manifests.yml'));
    const { jobs } = load(manifests!.content) as { readonly jobs: { readonly manifests: Workflow['jobs']['verify'] } };
    expect(Object.keys(jobs.manifests.steps.at(-1)!.with!).sort()).toEqual(
      Object.keys(inputs)
        .filter((name) => name !== 'options')
        .sort(),
    );
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
