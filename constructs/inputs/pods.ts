import type { KubernetesObject } from '../../model/kubernetes';
import { isFields } from './given';

type Labels = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

/** The pods that an object makes, as far as it says. */
export interface Pods {
  readonly labels: Labels;
  /** The labels that its controller finds them by; all of theirs where it does not say. */
  readonly selector: Labels;
  readonly ports: readonly ContainerPort[];
}

interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

/** The pods of a Pod, of whatever has a pod template, and of a CronJob; undefined where an object says nothing of pods. */
export function podsMadeBy(object: KubernetesObject): Pods | undefined {
  const spec = fieldsOf(object['spec']);
  const template = object.kind === 'Pod' ? object : templateOf(spec);
  const podSpec = fieldsOf(template['spec']);
  if (!Array.isArray(podSpec['containers'])) return undefined;
  const labels = labelsOf(fieldsOf(template['metadata'])['labels']);
  const selector = fieldsOf(spec['selector']);
  // A ReplicationController's selector is the labels themselves; expressions are met by all labels of the template.
  const chosen = object.kind === 'ReplicationController' ? selector : selector['matchLabels'];
  const isWhole = object.kind !== 'Pod' && isFields(chosen) && !Array.isArray(selector['matchExpressions']);
  return { labels, selector: isWhole ? labelsOf(chosen) : labels, ports: portsOf(podSpec) };
}

function templateOf(spec: Fields): Fields {
  const job = fieldsOf(fieldsOf(spec['jobTemplate'])['spec']);
  return fieldsOf(spec['template'] ?? job['template']);
}

function portsOf(podSpec: Fields): ContainerPort[] {
  const sidecars = listOf(podSpec['initContainers']).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...listOf(podSpec['containers']), ...sidecars].flatMap((container) =>
    listOf(container['ports']).flatMap(({ name, containerPort, protocol }) =>
      typeof containerPort === 'number'
        ? [
            {
              name: typeof name === 'string' ? name : undefined,
              number: containerPort,
              protocol: typeof protocol === 'string' ? protocol : 'TCP',
            },
          ]
        : [],
    ),
  );
}

/** A port of a Service that leads to pods. */
interface ServicePort {
  readonly name: string | undefined;
  /** What clients ask for. */
  readonly port: number;
  /** The port of the pods; undefined where they have none of that name. */
  readonly number: number | undefined;
  readonly protocol: string;
}

/** A Service that selects pods. */
export interface PodsService {
  readonly name: string;
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
}

/** The Services among objects that select these pods, in their order. */
export function servicesLeadingTo(pods: Pods, namespace: string, objects: readonly KubernetesObject[]): PodsService[] {
  return objects.flatMap((object) => {
    const spec = fieldsOf(object['spec']);
    const selector = Object.entries(labelsOf(spec['selector']));
    const selects =
      object.kind === 'Service' &&
      object.apiVersion === 'v1' &&
      (object.metadata.namespace ?? namespace) === namespace &&
      spec['type'] !== 'ExternalName' &&
      selector.length > 0 &&
      selector.every(([key, value]) => pods.labels[key] === value);
    if (!selects) return [];
    const ports = listOf(spec['ports']).flatMap(({ name, port, targetPort = port, protocol }) =>
      typeof port === 'number'
        ? [
            {
              name: typeof name === 'string' ? name : undefined,
              port,
              number: typeof targetPort === 'number' ? targetPort : numberOf(pods, targetPort),
              protocol: typeof protocol === 'string' ? protocol : 'TCP',
            },
          ]
        : [],
    );
    return [{ name: object.metadata.name, headless: spec['clusterIP'] === 'None', ports }];
  });
}

function numberOf({ ports }: Pods, name: unknown): number | undefined {
  const digits = typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : undefined;
  return ports.find((port) => port.name === name)?.number ?? digits;
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function labelsOf(value: unknown): Labels {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
