import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../publish/git';
import { newFolder } from '../../render/support';
import type { Contexts, State } from './expressions';
import { filledIn, isDue } from './expressions';
import { bash } from './shell';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': string };
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly if?: string;
        readonly needs?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly steps: readonly Step[];
      }
    >
  >;
}

/** Something that happened in the repository `shop/platform`. */
export interface GithubEvent {
  /** `github.event_name` and what else the context `github` holds. */
  readonly github: Readonly<Record<string, unknown>>;
  /** The commit that is checked. */
  readonly sha: string;
  /** What runners set for every step. */
  readonly env: NodeJS.ProcessEnv;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The bare repository. */
  readonly origin: string;
  /** The job to run alone: those that it needs are taken to have succeeded. @default - all */
  readonly only?: string | undefined;
}

export interface JobRun {
  readonly result: 'success' | 'failure' | 'skipped';
  /** The outcome of steps, by their id or what they run. */
  readonly steps: Readonly<Record<string, 'success' | 'failure' | 'skipped'>>;
  readonly out: string;
  /** What was checked out. */
  readonly folder: string;
}

/** Runs the jobs of a workflow, one after the other, as GitHub would for an event. */
export async function runWorkflow(workflow: Workflow, event: GithubEvent): Promise<Record<string, JobRun>> {
  const runs: Record<string, JobRun> = {};
  for (const [name, { if: condition, needs, steps }] of Object.entries(workflow.jobs)) {
    const contexts = { github: event.github, vars: event.vars ?? {} };
    const isMeant = event.only === undefined || event.only === name;
    const failed = event.only === undefined && needs !== undefined && runs[needs]!.result !== 'success';
    runs[name] =
      isMeant && isDue(condition, contexts, { failed })
        ? await runJob(steps, workflow.env, event)
        : { result: 'skipped', steps: {}, out: '', folder: '' };
  }
  return runs;
}

async function runJob(
  steps: readonly Step[],
  env: Readonly<Record<string, string>>,
  event: GithubEvent,
): Promise<JobRun> {
  const place = newFolder();
  const [folder, home] = [join(place, 'checkout'), join(place, 'home')];
  for (const each of [folder, home]) mkdirSync(each);
  const outcomes: Record<string, 'success' | 'failure' | 'skipped'> = {};
  const byId: Record<string, { readonly outcome: string }> = {};
  let [failed, out] = [false, ''];
  for (const step of steps) {
    const state: State = { failed };
    const contexts: Contexts = {
      github: event.github,
      vars: event.vars ?? {},
      secrets: event.secrets ?? {},
      steps: byId,
    };
    const label = step.id ?? step.uses ?? step.run!.trim().split('\n').at(-1)!;
    let outcome: 'success' | 'failure' | 'skipped' = 'skipped';
    if (isDue(step.if, contexts, state)) {
      if (step.uses !== undefined) useAction(step, folder, event);
      const own = Object.entries({ ...env, ...step.env }).map(([name, text]) => [
        name,
        filledIn(text, contexts, state),
      ]);
      const ran = await bash(step.run ?? ':', folder, {
        ...event.env,
        HOME: home,
        GITHUB_STEP_SUMMARY: join(place, 'summary'),
        ...Object.fromEntries(own),
      });
      out += ran.out;
      outcome = ran.status === 0 ? 'success' : 'failure';
    }
    failed ||= outcome === 'failure';
    outcomes[label] = outcome;
    if (step.id !== undefined) byId[step.id] = { outcome };
  }
  return { result: failed ? 'failure' : 'success', steps: outcomes, out, folder };
}

/** What the two actions do that a workflow may use. */
function useAction({ uses, with: inputs = {} }: Step, folder: string, { origin, sha }: GithubEvent): void {
  const [action] = uses!.split('@');
  if (action === 'actions/checkout') {
    git(folder, 'init', '--quiet', '.');
    git(folder, 'remote', 'add', 'origin', `file://${origin}`);
    // One commit and no branch, or all of them.
    const isWhole = inputs['fetch-depth'] === 0;
    if (isWhole) git(folder, 'fetch', '--quiet', 'origin');
    const wanted = (inputs['ref'] as string | undefined) ?? sha;
    git(folder, 'fetch', '--quiet', ...(isWhole ? [] : ['--depth=1', '--refmap=']), 'origin', wanted);
    git(folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
    if (inputs['persist-credentials'] !== false) throw new Error('the token of the run stays in .git/config');
  } else if (action === 'actions/setup-node') {
    const file = inputs['node-version-file'] as string;
    if (!existsSync(join(folder, file))) throw new Error(`there is no ${file}`);
  } else throw new Error(`${uses} is no action that this workflow may use`);
}
