import type { Json } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { imageReferenceProblem } from '../image-reference';
import type { Filling, Fillings } from './filling';
import { filled } from './filling';

/** Containers and what is in them: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. */
const CONTAINER: Filling = {
  fields: { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
  fill: (object) => filled(object, { imagePullPolicy: pullPolicy(string(object['image']) ?? '') }),
};

export const CONTAINERS: Fillings = {
  'core.v1.Container': CONTAINER,
  'core.v1.EphemeralContainer': CONTAINER,
  'core.v1.ContainerPort': { fields: { protocol: 'TCP' } },
  'core.v1.Probe': { fields: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } },
  'core.v1.HTTPGetAction': { fields: { path: '/', scheme: 'HTTP' } },
  'core.v1.GRPCAction': { fields: { service: '' } },
  'core.v1.ObjectFieldSelector': { fields: { apiVersion: 'v1' } },
  'core.v1.FileKeySelector': { fields: { optional: false } },
};

/** Always where the image has the tag `latest`, or neither tag nor digest. What is no reference has no tag. */
export function pullPolicy(image: string): string {
  const [name = '', digest] = image.split('@', 2);
  const tag = /:([^:/]*)$/.exec(name)?.[1];
  const latest = tag === undefined ? digest === undefined : tag === 'latest';
  return latest && imageReferenceProblem(image) === undefined ? 'Always' : 'IfNotPresent';
}

/** The containers of a pod with what their ports take from the host's network. */
export function hostPorts(container: Json): Json {
  const ports = container['ports'];
  if (!Array.isArray(ports) || ports.every((port) => port?.hostPort !== undefined)) return container;
  return { ...container, ports: ports.map((port: Json) => filled(port, { hostPort: port['containerPort'] })) };
}
