import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../cli/publish';
import type { KubernetesObject } from '../../model/kubernetes';
import { commitsAt, ENV, filesAt, git, repositories } from '../publish/support';
import { aComponent, anObject, newFolder } from '../render/support';
import { aTarget } from '../render/targets';

interface Called {
  readonly objects?: readonly KubernetesObject[];
  readonly values?: Readonly<Record<string, unknown>>;
  readonly delivery?: { readonly repoUrl: string; readonly revision: string; readonly folder: string };
  readonly root?: string;
  readonly readFrom?: (target: { readonly name: string; readonly environment: { readonly name: string } }) => string;
}

const CONFIG = anObject('ConfigMap', 'web', { data: { text: 'one' } });
const BROKEN = anObject('Service', 'web', { spec: { ports: [{ port: 'eighty' }] } });

/** A claim, which does not get smaller. */
const aClaim = (size: string) => [
  anObject('PersistentVolumeClaim', 'data', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  }),
];

/** Calls `strata publish` for a project with two targets. */
async function publish({ objects = [CONFIG], values = {}, delivery, readFrom, root = newFolder() }: Called) {
  const [out, errors]: [string[], string[]] = [[], []];
  const all = [aTarget('kind', 'dev'), aTarget('shared', 'prod')];
  const project = {
    root,
    delivery,
    readFrom,
    matrix: {
      clusters: all.map(({ cluster }) => cluster),
      targets: (names: readonly string[] = []) => all.filter(({ name }) => names.length === 0 || names.includes(name)),
    },
    compose: () => [aComponent('web', 1, objects)],
    deliver: () => [],
  };
  const host = {
    env: ENV,
    print: (line: string) => out.push(line),
    printError: (line: string) => errors.push(line),
  };
  const given = { layout: 'folders', prefix: 'environment/', push: true, ...values };
  let code: number | undefined;
  try {
    code = (await command(project as never, { values: given, words: [] } as never, host)) as number;
  } catch (error) {
    errors.push((error as Error).message);
    code = 2;
  }
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('what is published is told, with the message of the commit', async () => {
  const { bare } = repositories();
  const { code, out, errors } = await publish({ values: { repo: bare } });
  expect([code, errors]).toEqual([0, '']);
  expect(out).toMatch(/^main: 3 files written, pushed\n {4}targets dev@kind, prod@shared are new: 1 object each\n/);
  expect(await publish({ values: { repo: bare } })).toEqual({ code: 0, out: 'main: nothing has changed', errors: '' });
});

test('the repository, the branch and the folder are those that Argo CD reads, unless somebody says otherwise', async () => {
  const { bare } = repositories();
  git(bare, 'branch', 'live', 'main');
  const delivery = { repoUrl: bare, revision: 'live', folder: 'rendered' };
  await publish({ delivery });
  expect(Object.keys(filesAt(bare, 'live'))).toContain('rendered/kind/dev/10-web.yaml');
  await publish({ delivery, values: { branch: 'main', folder: 'other' } });
  expect(Object.keys(filesAt(bare, 'main'))).toEqual(expect.arrayContaining(['README.md', 'other/index.json']));
  expect((await publish({})).errors).toContain('does not know the repository to publish to');
});

test('what will break is told as strata verify tells it, and not published', async () => {
  const { bare } = repositories();
  const { code, errors } = await publish({ objects: [CONFIG, BROKEN], values: { repo: bare } });
  expect(code).toBe(1);
  expect(errors).toContain('schema-valid');
  expect(errors).toContain('dist/kind/dev/10-web.yaml');
  expect(errors).toContain('error: strata publish: strata verify fails for what would be published, so nothing is');
  expect(commitsAt(bare)).toBe(1);
});

test('what the configuration of the repository lets strata verify pass is published', async () => {
  const { bare } = repositories();
  const config = join(newFolder(), '.strata.yaml');
  writeFileSync(config, 'skip: [schema-valid]\n');
  const { code } = await publish({ objects: [CONFIG, BROKEN], values: { repo: bare, config } });
  expect([code, commitsAt(bare)]).toEqual([0, 2]);
});

test('the commit of the project is noted, and whether it has been changed since', async () => {
  const { bare } = repositories();
  const { clone: root } = repositories();
  const source = () => git(bare, 'log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)', 'main').trim();
  await publish({ root, values: { repo: bare } });
  expect(source()).toBe(git(root, 'rev-parse', 'HEAD'));
  writeFileSync(join(root, 'new.ts'), '');
  await publish({ root, values: { repo: bare }, objects: [anObject('ConfigMap', 'web', { data: { text: 'two' } })] });
  expect(source()).toBe(`${git(root, 'rev-parse', 'HEAD')}-dirty`);
});

test('a clone inside of the project that is published to does not make it a changed one', async () => {
  const { bare } = repositories();
  const { clone: root } = repositories();
  const repo = join(root, 'rendered');
  git(root, 'clone', '--quiet', bare, repo);
  await publish({ root, values: { repo } });
  expect(git(bare, 'log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)', 'main').trim()).toBe(
    git(root, 'rev-parse', 'HEAD'),
  );
});

test('one branch and a branch for each environment exclude each other', async () => {
  const { bare } = repositories();
  const { errors } = await publish({ values: { repo: bare, layout: 'branches', branch: 'main' } });
  expect(errors).toContain('--branch main: means nothing with --layout branches');
  await publish({ values: { repo: bare, layout: 'branches', prefix: 'env/', target: ['prod@shared'] } });
  expect(git(bare, 'for-each-ref', '--format=%(refname:short)')).toBe('env/prod\nmain');
});

test('a branch for each environment has to be the one that its targets are read from', async () => {
  const { bare } = repositories();
  const values = { repo: bare, layout: 'branches' };
  const branchOf: Called['readFrom'] = ({ environment }) => `environment/${environment.name}`;
  const { code, errors } = await publish({
    values,
    readFrom: (target) => (target.name === 'dev@kind' ? branchOf(target) : 'main'),
  });
  expect([code, errors]).toEqual([
    2,
    expect.stringContaining('publishes to environment/prod, and prod@shared is read from main'),
  ]);
  expect(errors).toContain("set delivery.revision of environment prod to 'environment/prod'");
  expect(git(bare, 'for-each-ref', '--format=%(refname:short)')).toBe('main');
  // Only what is published counts, and a commit or a tag is moved by hand.
  const one = { ...values, target: ['dev@kind'] };
  expect((await publish({ values: one, readFrom: branchOf })).code).toBe(0);
  expect((await publish({ values, readFrom: (target) => `refs/heads/${branchOf(target)}` })).code).toBe(0);
  expect((await publish({ values, readFrom: () => 'v1.2.0' })).code).toBe(0);
  // Under another prefix it may be a proposal.
  const proposed = await publish({ values: { ...values, prefix: 'proposal/' }, readFrom: branchOf });
  expect([proposed.code, proposed.errors]).toEqual([
    0,
    expect.stringContaining('publishes to proposal/dev, and dev@kind is read from environment/dev'),
  ]);
});

test('a change says in its commit what it does, once for all targets that have it', async () => {
  const { bare } = repositories();
  await publish({ values: { repo: bare } });
  await publish({ values: { repo: bare }, objects: [anObject('ConfigMap', 'web', { data: { text: 'two' } })] });
  const message = git(bare, 'log', '-1', '--format=%B', 'main');
  expect(message).toMatch(
    /^dev@kind, prod@shared: ConfigMap\/ns\/web data.text: "one" → "two"\n\nrestart: .*ConfigMap.*\n {2}data.text: "one" → "two"\n {2}restart: pods that are not among the manifests may read it.*\n {2}unknown: no pod among the manifests reads text.*\n\nThe way back: revert this commit\n\nRender-Hash/,
  );
});

test('a change of a class that is refused is published when somebody has accepted it, and its mark lets no other one through', async () => {
  const { bare } = repositories();
  const root = newFolder();
  const values = { repo: bare, 'fail-on': 'immutable' };
  await publish({ root, values, objects: aClaim('2Gi') });
  const refused = await publish({ root, values, objects: aClaim('1Gi') });
  expect([refused.code, commitsAt(bare)]).toEqual([1, 2]);
  expect(refused.errors).toMatch(
    /the change is of class immutable or worse by rule immutable-field, so nothing is published\n {2}fix: let through what is meant: [^]*docs\/risks\.md#/,
  );
  // What is dangerous is said before how it is accepted.
  expect(refused.errors).toMatch(
    /\n {2}spec\.resources\.requests\.storage: "2Gi" → "1Gi"\n {2}immutable: [^]*\n- change: c/,
  );
  const [, mark] = /- change: (c[0-9a-f]{11}) #/.exec(refused.errors) ?? [];
  writeFileSync(
    join(root, 'accepted-risks.yaml'),
    `- { change: ${JSON.stringify(mark)}, reason: the claim is empty, expires: 2999-12-31 }\n`,
  );
  expect((await publish({ root, values, objects: aClaim('500Mi') })).code).toBe(1);
  expect((await publish({ root, values, objects: aClaim('1Gi') })).code).toBe(0);
  expect(commitsAt(bare)).toBe(3);
  expect(execFileSync('git', ['log', '-1', '--format=%B', 'main'], { cwd: bare, encoding: 'utf8' })).toContain(
    '\n  accepted: the claim is empty\n',
  );
});

test('what a commit does is told the worst first, whole targets among it', async () => {
  const { bare } = repositories();
  const values = { repo: bare, 'fail-on': 'immutable' };
  await publish({ values: { repo: bare, target: ['dev@kind'] }, objects: aClaim('2Gi') });
  const { errors } = await publish({ values, objects: aClaim('1Gi') });
  const classes = errors.split('\n').flatMap((line) => /^([a-z-]+): (?!strata)/.exec(line)?.[1] ?? []);
  expect(classes.slice(0, 2)).toEqual(['immutable', 'in-place']);
  expect(errors).toMatch(
    /- change: c[0-9a-f]{11} # PersistentVolumeClaim\S* in dev@kind: immutable by immutable-field\n/,
  );
});

test('sources that stand before what was published are told, and what follows is not', async () => {
  const { bare } = repositories();
  const root = newFolder();
  git(root, 'init', '--quiet');
  const commit = (message: string) => {
    git(root, 'commit', '--quiet', '--allow-empty', '-m', message);
    return git(root, 'rev-parse', 'HEAD').trim();
  };
  const first = commit('first');
  const second = [commit('second'), commit('third')].at(-1)!;
  const said = async (at: string, text: string) => {
    git(root, 'checkout', '--quiet', at);
    const objects = [anObject('ConfigMap', 'web', { data: { text } })];
    return (await publish({ root, values: { repo: bare }, objects })).errors;
  };
  expect(await said(second, 'two')).toBe('');
  expect(await said(first, 'one')).toBe(
    `note: kind/dev was published from ${second.slice(0, 12)}, which is 2 commits further than these sources (${first.slice(0, 12)}): what those changed is taken back`,
  );
  expect(await said(second, 'two')).toBe('');

  // Checkouts without the history between what was published and what they are.
  const shallow = newFolder();
  const clone = async (at: string, text: string, depth = 1) => {
    const folder = join(shallow, text);
    git(root, 'branch', '--force', text, at);
    git(shallow, 'clone', '--quiet', `--depth=${depth}`, '--branch', text, `file://${root}`, folder);
    const objects = [anObject('ConfigMap', 'web', { data: { text } })];
    return (await publish({ root: folder, values: { repo: bare, push: false }, objects })).errors;
  };
  const unknown = `note: kind/dev was published from ${second.slice(0, 12)}, and this checkout is shallow: whether that is further than these sources (${first.slice(0, 12)}), so that something is taken back, cannot be known; fetch the history first: git fetch --unshallow`;
  expect(await clone(first, 'older')).toContain(unknown);
  git(root, 'checkout', '--quiet', second);
  const newer = commit('fourth');
  expect(await clone(newer, 'newer')).toContain('cannot be known');
  // What the checkout shows is known.
  expect(await clone(newer, 'enough', 2)).toBe('');
  expect(await clone(second, 'same')).toBe('');
  // Another repository, which never had it.
  const other = newFolder();
  git(other, 'init', '--quiet');
  git(other, 'commit', '--quiet', '--allow-empty', '-m', 'other');
  const objects = [anObject('ConfigMap', 'web', { data: { text: 'other' } })];
  expect((await publish({ root: other, values: { repo: bare, push: false }, objects })).errors).toMatch(
    /^note: kind\/dev was published from \w{12}, a commit that is not here: .* cannot be known; fetch what others have: git fetch --all$/,
  );
});
