import type { Path } from '../manifests/resource';
import { list, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { World } from './world';

/** A command of a CronJob that changes how many pods something has. */
export interface ClockCommand {
  readonly workload: WorkloadManifest;
  /** The argument that holds it. */
  readonly path: Path;
  readonly verb: 'scale' | 'patch';
  readonly kind: ScaledKind;
  readonly name: string;
  readonly namespace: string;
  /** The number of pods that it sets, where it is written: of an autoscaler, the minimum. */
  readonly pods: number | undefined;
}

type ScaledKind = 'Deployment' | 'StatefulSet' | 'HorizontalPodAutoscaler' | 'ScaledObject';

/** What kubectl calls the kinds. */
const KINDS: Readonly<Record<string, ScaledKind>> = {
  ...{ deployment: 'Deployment', deployments: 'Deployment', deploy: 'Deployment' },
  ...{ statefulset: 'StatefulSet', statefulsets: 'StatefulSet', sts: 'StatefulSet' },
  ...{ hpa: 'HorizontalPodAutoscaler', horizontalpodautoscaler: 'HorizontalPodAutoscaler' },
  ...{ horizontalpodautoscalers: 'HorizontalPodAutoscaler', so: 'ScaledObject' },
  ...{ scaledobject: 'ScaledObject', scaledobjects: 'ScaledObject' },
};

const COMMAND = /\bkubectl\b([^;&|\n]*?)\b(scale|patch)\b([^;&|\n]*)/g;

/** The commands by which CronJobs scale with kubectl, as far as they are written out. */
export function* clockCommandsOf(world: World): Iterable<ClockCommand> {
  for (const workload of world.workloads) {
    if (workload.resource.kind !== 'CronJob') continue;
    for (const container of workload.containers) yield* commandsIn(workload, container);
  }
}

function* commandsIn(workload: WorkloadManifest, { json, path }: Container): Iterable<ClockCommand> {
  const words = ['command', 'args'].flatMap((field) =>
    list(json[field]).map((word, i) => ({ word: String(word), path: [...path, field, i] })),
  );
  const written = words.map(({ word }) => word).join(' ');
  // An image of kubectl has it as its entrypoint.
  const text =
    !/\bkubectl\b/.test(written) && /kubectl/.test(string(json['image']) ?? '') ? `kubectl ${written}` : written;
  for (const [, before = '', verb, after = ''] of text.matchAll(COMMAND)) {
    const target = targetIn(after);
    const place = words.find(({ word }) => new RegExp(`\\b${verb}\\b`).test(word));
    if (!target || !place) continue;
    const pods = numberIn(verb === 'scale' ? /--replicas[= ]['"]?(\d+)/ : /[rR]eplicas\W{1,6}(\d+)/, after);
    // A patch of something else.
    if (verb === 'patch' && !/replicas/i.test(after)) continue;
    const [, namespace] = /(?:^|\s)(?:-n|--namespace)[= ]?\s*([a-z0-9-]+)/.exec(`${before} ${after}`) ?? [];
    yield {
      ...{ workload, path: place.path, verb: verb as ClockCommand['verb'], pods },
      ...{ ...target, namespace: namespace ?? workload.namespace },
    };
  }
}

function targetIn(text: string): { readonly kind: ScaledKind; readonly name: string } | undefined {
  const [, kind = '', name] =
    /(?:^|\s)([a-z]+)(?:\.[a-z0-9.]+)?(?:\/|\s+)([a-z0-9][a-z0-9-]*)(?:\s|$)/.exec(text) ?? [];
  return name !== undefined && Object.hasOwn(KINDS, kind) ? { kind: KINDS[kind]!, name } : undefined;
}

function numberIn(form: RegExp, text: string): number | undefined {
  const found = form.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
