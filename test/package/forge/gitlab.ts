import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../publish/git';
import { newFolder } from '../../render/support';
import type { JobRun } from './github';
import { bash } from './shell';

type Rules = readonly { readonly if: string }[];

export interface PipelineJob {
  readonly stage: string;
  readonly rules?: Rules;
  readonly script: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly resource_group?: string;
  readonly artifacts?: { readonly when: string; readonly reports: { readonly junit: string } };
}

/** A `.gitlab-ci.yml`: jobs beside a few words that are none. */
export interface Pipeline {
  readonly default: { readonly image: string };
  readonly workflow: { readonly rules: Rules };
  readonly variables: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, PipelineJob>>;
}

const NO_JOBS = ['default', 'workflow', 'variables'];
/** The order of stages where a file names none. */
export const STAGES = ['build', 'test', 'deploy'];

/** What the file says, with its jobs apart. */
export function pipelineOf(document: Readonly<Record<string, unknown>>): Pipeline {
  const jobs = Object.fromEntries(Object.entries(document).filter(([name]) => !NO_JOBS.includes(name)));
  return { ...document, jobs } as unknown as Pipeline;
}

export interface GitlabEvent {
  /** The variables of the pipeline and of the project. */
  readonly variables: Readonly<Record<string, string>>;
  readonly sha: string;
  readonly env: NodeJS.ProcessEnv;
  readonly origin: string;
  /** The job to run alone. @default - all */
  readonly only?: string | undefined;
}

/** Runs the jobs of a pipeline stage by stage, as GitLab would for an event; undefined for one that is no pipeline at all. */
export async function runPipeline(pipeline: Pipeline, event: GitlabEvent): Promise<Record<string, JobRun> | undefined> {
  if (!isMatched(pipeline.workflow.rules, event.variables)) return undefined;
  const runs: Record<string, JobRun> = {};
  let failed = false;
  for (const stage of STAGES) {
    const inStage = Object.entries(pipeline.jobs).filter(([, job]) => job.stage === stage);
    const stageFails: boolean[] = [];
    for (const [name, job] of inStage) {
      if (failed || (event.only ?? name) !== name || !isMatched(job.rules, event.variables)) {
        runs[name] = { result: 'skipped', steps: {}, out: '', folder: '' };
        continue;
      }
      runs[name] = await runJob(job, { ...pipeline.variables, ...event.variables, ...job.variables }, event);
      stageFails.push(runs[name].result === 'failure');
    }
    failed ||= stageFails.includes(true);
  }
  return runs;
}

async function runJob(
  { script }: PipelineJob,
  variables: Readonly<Record<string, string>>,
  { env, origin, sha }: GitlabEvent,
) {
  const place = newFolder();
  const [folder, home] = [join(place, 'checkout'), join(place, 'home')];
  for (const each of [folder, home]) mkdirSync(each);
  git(folder, 'init', '--quiet', '.');
  git(folder, 'remote', 'add', 'origin', `file://${origin}`);
  const depth = variables['GIT_DEPTH'] === '0' ? [] : [`--depth=${variables['GIT_DEPTH'] ?? 20}`];
  git(folder, 'fetch', '--quiet', '--refmap=', ...depth, 'origin', sha);
  git(folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
  const { status, out } = await bash(script.join('\n'), folder, {
    ...env,
    HOME: home,
    GITLAB_CI: 'true',
    ...variables,
  });
  return { result: status === 0 ? ('success' as const) : ('failure' as const), steps: {}, out, folder };
}

/** Whether one of the rules holds: `$NAME == "text"`, `$NAME == $NAME`, `$NAME`, and several with `&&`. */
function isMatched(rules: Rules | undefined, variables: Readonly<Record<string, string>>): boolean {
  const textOf = (word: string): string => {
    const [, name, text] = /^\$(\w+)$|^"(.*)"$/.exec(word) ?? [];
    if (name === undefined && text === undefined) throw new Error(`not understood: ${word}`);
    return text ?? variables[name!] ?? '';
  };
  const holds = (condition: string) => {
    const [left, right] = condition.split(' == ').map(textOf);
    return right === undefined ? left !== '' : left === right;
  };
  return rules === undefined || rules.some((rule) => rule.if.split(' && ').every(holds));
}
