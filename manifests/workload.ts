import type { ControllerLabels } from './controller-labels';
import { controllerLabelsOf } from './controller-labels';
import type { Json, Path, Resource } from './resource';
import { list, number, record, string, strings } from './resource';
import type { Labels } from './selector';

/** Where each kind keeps the template of its pods. */
const POD_TEMPLATES: Readonly<Record<string, Path>> = {
  Pod: [],
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  /** argoproj.io */
  Rollout: ['spec', 'template'],
};

/** The kinds that make pods, and Pod itself. */
export const POD_KINDS: readonly string[] = Object.keys(POD_TEMPLATES);

/** A container of a pod with its place. */
export interface Container {
  readonly name: string;
  readonly json: Json;
  readonly path: Path;
  /** `sidecar`: an init container that goes on running. */
  readonly role: 'container' | 'init' | 'sidecar' | 'ephemeral';
}

export interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
  readonly container: Container;
}

/** A resource that makes pods, seen from the pods' side. */
export class WorkloadManifest {
  /** Where the pod's `metadata` and `spec` stand. */
  readonly templatePath: Path;
  readonly pod: Json;
  readonly podSpec: Json;
  /** Those of the template, and those that the controller sets alike on every pod. */
  readonly podLabels: Labels;
  /** Those that the controller sets, with the values that pods may have. */
  readonly controllerLabels: ControllerLabels;
  readonly containers: readonly Container[];
  /** Containers that run while the pod serves. */
  readonly running: readonly Container[];
  readonly podSpecPath: Path;
  private knownPorts: readonly ContainerPort[] | undefined;

  private constructor(
    readonly resource: Resource,
    readonly namespace: string,
    templatePath: Path,
    pod: Json,
  ) {
    this.templatePath = templatePath;
    this.pod = pod;
    this.podSpec = record(pod['spec']) ?? {};
    this.controllerLabels = controllerLabelsOf(resource);
    this.podLabels = { ...strings(record(pod['metadata'])?.['labels']), ...jobNameLabels(resource) };
    this.podSpecPath = [...templatePath, 'spec'];
    this.containers = this.readContainers();
    this.running = this.containers.filter(({ role }) => role === 'container' || role === 'sidecar');
  }

  /** The workload that a resource is; undefined for other kinds, and for a template that is empty. */
  static of(resource: Resource, namespace: string): WorkloadManifest | undefined {
    const path = Object.hasOwn(POD_TEMPLATES, resource.kind) ? POD_TEMPLATES[resource.kind] : undefined;
    const pod = path && record(resource.at(path));
    return pod && new WorkloadManifest(resource, namespace, path, pod);
  }

  /** The declared ports of all running containers. */
  get ports(): readonly ContainerPort[] {
    return (this.knownPorts ??= this.running.flatMap((container) =>
      list(container.json['ports']).flatMap((entry) => {
        const port = record(entry);
        const number = port?.['containerPort'];
        return typeof number === 'number'
          ? [{ name: string(port?.['name']), number, protocol: string(port?.['protocol']) ?? 'TCP', container }]
          : [];
      }),
    ));
  }

  /** How many pods it keeps when nobody scales it; undefined where that depends on the nodes (DaemonSet) or on time (CronJob). */
  get replicas(): number | undefined {
    switch (this.resource.kind) {
      case 'Pod':
        return 1;
      case 'Job': {
        const parallelism = number(this.resource.at(['spec', 'parallelism'])) ?? 1;
        // No more than have still to complete (pkg/controller/job, manageJob).
        return Math.min(parallelism, number(this.resource.at(['spec', 'completions'])) ?? parallelism);
      }
      case 'DaemonSet':
      case 'CronJob':
      case 'PodTemplate':
        return undefined;
      default: {
        const replicas = this.resource.at(['spec', 'replicas']);
        return typeof replicas === 'number' ? replicas : 1;
      }
    }
  }

  private readContainers(): Container[] {
    const of = (field: string, role: Container['role']) =>
      list(this.podSpec[field]).flatMap((entry, i) => {
        const json = record(entry);
        return json ? [{ name: string(json['name']) ?? '', json, path: [...this.podSpecPath, field, i], role }] : [];
      });
    return [
      ...of('initContainers', 'init').map(
        (container): Container =>
          container.json['restartPolicy'] === 'Always' ? { ...container, role: 'sidecar' } : container,
      ),
      ...of('containers', 'container'),
      ...of('ephemeralContainers', 'ephemeral'),
    ];
  }
}

/** What the Job controller sets on every pod, whatever becomes of the Job. */
function jobNameLabels({ kind, name, object }: Resource): Labels {
  // A name that the server makes up is not known.
  if (kind !== 'Job' || record(object['metadata'])?.['name'] === undefined) return {};
  return { 'job-name': name, 'batch.kubernetes.io/job-name': name };
}

/** What the command line and the variables of a container tell its program. */
export function programStrings({ json }: Container): string[] {
  const all = [
    ...list(json['command']),
    ...list(json['args']),
    ...list(json['env']).map((entry) => record(entry)?.['value']),
  ];
  return all.filter((value) => typeof value === 'string');
}

/** The flag or variable by which a program is told where to listen: `--listen`, `-addr`, `--port`, `PORT`, `LISTEN_ADDR`. */
const LISTENS = /^(?:(?:http|web|server|app)[-_.]?)?(?:listen|bind|port|addr)(?:[-_.]?(?:on|to|port|addr|address))?$/i;

/** The ports that arguments and variables tell a container's program to listen on, each with the text. */
export function listeningPorts({ json }: Container): readonly { readonly port: number; readonly said: string }[] {
  const words = [...list(json['command']), ...list(json['args'])].filter((word) => typeof word === 'string');
  const told = [
    ...words.map((word, i) => {
      const [, flag = '', value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/.exec(word) ?? [];
      return {
        name: flag,
        value: value ?? words[i + 1] ?? '',
        said: value === undefined ? `${word} ${words[i + 1]}` : word,
      };
    }),
    ...list(json['env']).map((entry) => {
      const [name, value] = [string(record(entry)?.['name']) ?? '', string(record(entry)?.['value']) ?? ''];
      return { name, value, said: `${name}=${value}` };
    }),
  ];
  return told.flatMap(({ name, value, said }) => {
    // On localhost alone it serves nobody outside.
    const [, port] = /^(?:tcp:\/\/)?(?:(?:0\.0\.0\.0|\[::\]|\*)?:)?(\d{2,5})$/.exec(value) ?? [];
    return port !== undefined && LISTENS.test(name) ? [{ port: Number(port), said }] : [];
  });
}
