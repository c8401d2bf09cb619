import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { load } from 'js-yaml';
import { git } from '../publish/git';
import { newFolder } from '../render/support';
import { readRepository } from '../support/repository';
import { blocksOf } from '../support/walkthrough';
import { filledIn } from './forge/expressions';
import type { JobRun, Workflow } from './forge/github';
import { runWorkflow } from './forge/github';
import { pipelineOf, runPipeline, STAGES } from './forge/gitlab';
import { PlatformOnForge, TOKENS } from './forge/platform';
import { bash } from './forge/shell';
import { Installed } from './installed';

jest.setTimeout(300_000);

const blocks = blocksOf(readRepository('docs/ci.md'));
const blockFor = (path: string) => blocks.find(({ info }) => info === path)!.content;
const PLATFORM_YML = '.github/workflows/platform.yml';
const workflow = load(blockFor(PLATFORM_YML)) as Workflow;
const pipeline = pipelineOf(load(blockFor('.gitlab-ci.yml')) as Record<string, unknown>);
const installed = new Installed();

const MARK = '<!-- strata diff -->';
const REPLICAS = 'replicas: because(3,';
const accepted = (mark: string) => `- change: '${mark}'\n  reason: nobody is there at night\n  expires: 2999-12-31\n`;

/** How jobs ended; of one that did not end so, what it printed. */
const ended = (jobs: Readonly<Record<string, JobRun>>, wanted: Readonly<Record<string, JobRun['result']>>) => {
  for (const [name, result] of Object.entries(wanted))
    expect(`${name}: ${jobs[name]!.result === result ? result : jobs[name]!.result + jobs[name]!.out}`).toBe(
      `${name}: ${result}`,
    );
};

type Jobs = Readonly<Record<'check' | 'diff' | 'publish', JobRun>>;
/** What happens on a forge, and how the jobs ended that it started: all of them, or only one where the others are not in question. */
interface Events {
  /** What jobs know of a proposed change, whichever it is. */
  readonly env: NodeJS.ProcessEnv;
  /** The branch is proposed, of this repository or of a fork. */
  readonly proposed: (options?: { readonly fork?: boolean; readonly only?: string }) => Promise<Jobs>;
  /** A commit came to main. */
  readonly merged: (
    sha: string,
    options?: { readonly repo?: string; readonly token?: string; readonly only?: string },
  ) => Promise<Jobs>;
  /** What the job `check` leaves for reviewers. */
  readonly findings: (jobs: Jobs) => string;
}

/** Each forge with what happens on it. */
const github = (forge: PlatformOnForge): Events => {
  const common = { env: { GITHUB_API_URL: `${forge.url}/api`, GITHUB_REPOSITORY: 'shop/platform', ...forge.env } };
  return {
    env: { ...common.env, PULL_REQUEST: '7' },
    proposed: async ({ fork = false, only = undefined } = {}) => {
      const head = { repo: { full_name: fork ? 'somebody/platform' : 'shop/platform' } };
      const runs = await runWorkflow(workflow, {
        github: {
          event_name: 'pull_request',
          repository: 'shop/platform',
          token: TOKENS.api,
          event: { number: 7, pull_request: { head } },
        },
        env: { ...common.env, GITHUB_BASE_REF: 'main' },
        sha: forge.propose().merged,
        origin: forge.origin,
        only,
        vars: { GITOPS_REPO: forge.gitopsUrl },
      });
      return runs as unknown as Jobs;
    },
    merged: async (sha: string, { repo = forge.gitopsUrl, token = TOKENS.git, only = undefined } = {}) => {
      const runs = await runWorkflow(workflow, {
        github: { event_name: 'push', repository: 'shop/platform', token: TOKENS.api },
        env: common.env,
        sha,
        origin: forge.origin,
        only,
        vars: repo === '' ? {} : { GITOPS_REPO: repo },
        secrets: { GITOPS_TOKEN: token },
      });
      return runs as unknown as Jobs;
    },
    findings: ({ check }) => /^::error .*$/m.exec(check.out)?.[0] ?? '',
  };
};

const gitlab = (forge: PlatformOnForge): Events => {
  const common = { CI_API_V4_URL: `${forge.url}/api`, CI_PROJECT_ID: '4', CI_DEFAULT_BRANCH: 'main' };
  const run = async (sha: string, variables: Readonly<Record<string, string>>, only: string | undefined) => {
    const runs = await runPipeline(pipeline, {
      variables: { ...common, ...variables },
      sha,
      env: forge.env,
      origin: forge.origin,
      only,
    });
    return runs as unknown as Jobs;
  };
  return {
    env: { ...common, GITLAB_CI: 'true', CI_MERGE_REQUEST_IID: '7' },
    proposed: async ({ fork = false, only = undefined } = {}) => {
      const { head, base } = forge.propose();
      return run(
        head,
        {
          CI_PIPELINE_SOURCE: 'merge_request_event',
          CI_MERGE_REQUEST_IID: '7',
          CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
          ...(fork ? {} : { COMMENT_TOKEN: TOKENS.api }),
        },
        only,
      );
    },
    merged: (sha: string, { repo = forge.gitopsUrl, token = TOKENS.git, only = undefined } = {}) =>
      run(
        sha,
        {
          CI_PIPELINE_SOURCE: 'push',
          CI_COMMIT_BRANCH: 'main',
          ...(repo === '' ? {} : { GITOPS_REPO: repo }),
          GITOPS_TOKEN: token,
        },
        only,
      ),
    findings: ({ check }) => readFileSync(join(check.folder, pipeline.jobs['check']!.artifacts!.reports.junit), 'utf8'),
  };
};

describe('the workflow for GitHub', () => {
  const permissions = Object.entries(workflow.jobs).map(([name, job]) => [
    name,
    job.permissions ?? workflow.permissions,
  ]);
  const actions = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));

  test('is what strata init writes, with the program that posts the comment', () => {
    for (const path of [PLATFORM_YML, 'ci/comment.mjs'])
      expect(readRepository(`templates/project/${path}`)).toBe(blockFor(path));
  });

  test('may do just what its jobs do, and uses the actions that are there everywhere', () => {
    expect(Object.fromEntries(permissions)).toEqual({
      check: { contents: 'read' },
      diff: { contents: 'read', 'pull-requests': 'write' },
      publish: { contents: 'read' },
    });
    expect([...new Set(actions)].sort()).toEqual(['actions/checkout@v5', 'actions/setup-node@v5']);
  });

  test('lets runs of main wait for each other, and ends older ones of a pull request', () => {
    const { group, 'cancel-in-progress': cancels } = workflow.concurrency;
    const of = (event: string, ref: string) =>
      [group, cancels].map((text) => filledIn(text, { github: { event_name: event, ref } }, { failed: false }));
    expect(of('push', 'refs/heads/main')).toEqual(['platform-refs/heads/main', 'false']);
    expect(of('pull_request', 'refs/pull/7/merge')).toEqual(['platform-refs/pull/7/merge', 'true']);
  });

  const actionlint = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go/bin')]
    .map((folder) => join(folder, 'actionlint'))
    .find((path) => existsSync(path));
  (actionlint === undefined ? test.skip : test)('has nothing that actionlint finds (where it is installed)', () => {
    const files = [PLATFORM_YML, '.github/workflows/check.yaml'].map((path) => {
      const file = join(newFolder(), path.split('/').at(-1)!);
      writeFileSync(file, path === PLATFORM_YML ? blockFor(path) : readRepository(path));
      return file;
    });
    const { status, stdout } = spawnSync(actionlint!, files, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });
});

test('the workflow for GitLab has jobs of stages that exist, and publishes one after the other', () => {
  for (const [name, { stage, script }] of Object.entries(pipeline.jobs))
    expect([name, stage, script.every((line) => typeof line === 'string')]).toEqual([
      name,
      STAGES.find((each) => each === stage),
      true,
    ]);
  expect(pipeline.jobs['publish']!.resource_group).toBe('publish');
  expect(pipeline.default.image).toBe(`node:${readRepository('templates/project/.nvmrc').trim()}`);
});

describe.each([
  ['GitHub', github],
  ['GitLab', gitlab],
])('the workflow for %s, run step by step', (name, eventsOf) => {
  const forge = new PlatformOnForge(installed);
  let events: ReturnType<typeof eventsOf>;
  const ours = () => forge.server.comments.filter(({ body }) => body.startsWith(MARK));
  const asked = (...methods: string[]) => forge.server.asked.filter(({ method }) => methods.includes(method)).length;
  beforeAll(async () => {
    await forge.start();
    events = eventsOf(forge);
    // More than one page, and one that quotes what is looked for.
    for (let i = 0; i < 130; i++) forge.server.add(i === 5 ? `> ${MARK}\n\nwhat is this?` : `remark ${i}`);
  });
  afterAll(() => forge.server.stop());

  test('says in one comment what a change does, and replaces it after the next push', async () => {
    forge.checkout('change');
    forge.edit('environments/prod.ts', REPLICAS, 'replicas: because(4,');
    forge.commit('four');
    const first = await events.proposed();
    ended(first, { check: 'success', diff: 'success', publish: 'skipped' });
    expect(ours()).toHaveLength(1);
    expect(ours()[0]!.body).toMatch(/<details><summary><b>capacity<\/b> Deployment\/shop-prod\/web in prod@kind/);
    expect(ours()[0]!.body).toContain('spec.replicas: 3 → 4');

    forge.edit('environments/prod.ts', 'because(4,', 'because(5,');
    forge.commit('five');
    await events.proposed({ only: 'diff' });
    expect(ours().map(({ body }) => /spec\.replicas: .*/.exec(body)![0])).toEqual(['spec.replicas: 3 → 5']);
    expect(forge.server.comments).toHaveLength(131);
    expect([asked('POST'), asked('PATCH', 'PUT')]).toEqual([1, 1]);
    expect(Buffer.byteLength(ours()[0]!.body)).toBeLessThan(60_000);
  });

  test('posts a report of any length', async () => {
    const folder = newFolder();
    for (const [name, text] of [
      ['diff.md', 'é'.repeat(60_000)],
      ['notes.txt', '- change: 0123456789ab\n'.repeat(1000)],
    ] as const)
      writeFileSync(join(folder, name), text);
    const posting = { ...events.env, ...forge.env, TOKEN: TOKENS.api };
    const { status, out } = await bash(
      `node ${JSON.stringify(forge.path('ci/comment.mjs'))} diff.md notes.txt`,
      folder,
      posting,
    );
    expect([status, out]).toEqual([0, '']);
    expect(ours()).toHaveLength(1);
    // GitHub takes no more.
    expect(ours()[0]!.body.length).toBeLessThan(65_536);
    const refused = await bash(`node ${JSON.stringify(forge.path('ci/comment.mjs'))} diff.md notes.txt`, folder, {
      ...posting,
      TOKEN: 'x',
    });
    expect([refused.status, refused.out]).toEqual([1, expect.stringContaining('401')]);
  });

  test('posts nothing for a fork, whose token may not, and shows the report all the same', async () => {
    const before = forge.server.asked.length;
    const { diff } = await events.proposed({ fork: true, only: 'diff' });
    expect([diff.result, forge.server.asked.length]).toEqual(['success', before]);
  });

  test('fails where a manifest would break, and still says what the change does', async () => {
    forge.checkout('broken');
    forge.edit('environments/prod.ts', 'import { because, environment }', 'import { because, environment, patch }');
    forge.edit(
      'environments/prod.ts',
      '  settings: {',
      "  patches: [patch('Service/web', { spec: { selector: { tier: 'none' } } }, 'a mistake')],\n  settings: {",
    );
    forge.commit('broken');
    const jobs = await events.proposed();
    ended(jobs, { check: 'failure', diff: 'failure' });
    expect(events.findings(jobs)).toContain('service-selects-workload');
    expect(ours()[0]!.body).toContain('its selector selects no pod any more');
  });

  test('publishes nothing until it is told where to', async () => {
    const { check, publish } = await events.merged(git(forge.origin, 'rev-parse', 'main'), { repo: '' });
    expect([check.result, publish.result, forge.published()]).toEqual(['success', 'skipped', []]);
  });

  test('publishes what is merged with the token for it, once', async () => {
    const sha = forge.merge('change');
    const refused = await events.merged(sha, { token: 'of somebody else', only: 'publish' });
    expect([refused.publish.result, forge.published()]).toEqual(['failure', []]);
    const first = await events.merged(sha);
    expect([first.check.result, first.publish.result]).toEqual(['success', 'success']);
    expect(forge.published('%an <%ae> %(trailers:key=Source-Commit,valueonly,separator=)')).toEqual([
      expect.stringMatching(new RegExp(`^platform <platform@.*> ${sha}$`)),
    ]);
    expect(git(forge.gitops, 'show', 'main:kind/prod/10-web.yaml')).toContain('\n  replicas: 5\n');
    const second = await events.merged(sha, { only: 'publish' });
    expect([second.publish.result, second.publish.out]).toEqual([
      'success',
      expect.stringContaining('nothing has changed'),
    ]);
    expect(forge.published()).toHaveLength(1);
    // GitHub hands a secret to the steps alone that name it.
    if (name === 'GitHub') expect(forge.seenByNpm).not.toMatch(/token-of/);
  });

  test('keeps a dangerous change back until somebody accepts it, in the comment and when it is published', async () => {
    forge.checkout('dangerous');
    forge.edit(
      'environments/matrix.ts',
      'target(prod, kind, [networkPolicies, disruptionBudgets])',
      'target(prod, kind, [networkPolicies])',
    );
    forge.commit('no budgets');
    const refused = await events.proposed();
    expect([refused.check.result, refused.diff.result]).toEqual(['success', 'failure']);
    expect(ours()).toHaveLength(1);
    const said = /~~~~\n([\s\S]*?\n)~~~~/.exec(ours()[0]!.body)![1]!;
    expect(refused.diff.out).toContain(said);
    // What docs/ci.md shows is this.
    expect(blocks.find(({ language }) => language === 'text')!.content).toBe(said);
    const [, mark] = /^- change: (c[0-9a-f]{11}) #/m.exec(said)!;

    const sha = git(forge.origin, 'rev-parse', 'main');
    forge.write('accepted-risks.yaml', accepted(mark!));
    forge.commit('accepted');
    expect((await events.proposed({ only: 'diff' })).diff.result).toBe('success');
    expect(ours()[0]!.body).toContain('nobody is there at night');

    // Without the mark it stays out of the GitOps repository as well.
    const unmarked = forge.read('accepted-risks.yaml');
    forge.write('accepted-risks.yaml', '[]\n');
    forge.commit('not accepted');
    const kept = await events.merged(forge.merge('dangerous'), { only: 'publish' });
    expect([kept.publish.result, forge.published().length]).toEqual(['failure', 1]);
    forge.checkout('marked');
    forge.write('accepted-risks.yaml', unmarked);
    forge.commit('accepted again');
    const tip = forge.merge('marked');
    // A run for an older commit publishes what main is by now.
    const late = await events.merged(sha, { only: 'publish' });
    expect(late.publish).toMatchObject({ result: 'success' });
    expect(forge.published('%(trailers:key=Source-Commit,valueonly,separator=)')[0]).toBe(tip);
    expect(forge.published()).toHaveLength(2);
  });
});
