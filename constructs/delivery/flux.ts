import { App, Chart } from 'cdk8s';
import type { KustomizationSpec } from '../../imports/kustomize.toolkit.fluxcd.io';
import {
  Kustomization,
  KustomizationSpecDecryptionProvider,
  KustomizationSpecDeletionPolicy,
  KustomizationSpecSourceRefKind,
} from '../../imports/kustomize.toolkit.fluxcd.io';
import type { GitRepositorySpecRef } from '../../imports/source.toolkit.fluxcd.io';
import { GitRepository } from '../../imports/source.toolkit.fluxcd.io';
import type { FieldsOfOthers } from '../../model/delivered';
import type { KubernetesObject } from '../../model/kubernetes';
import type { DeliveryFile } from './argocd';
import type { Delivered, Delivery, FluxDelivery } from './delivery';
import { deliveryName, deliveryOf, pathOf, revisionOf, stepsOfDelivery } from './delivery';

/** Flux's objects, a file for each cluster, which is applied there: the repository, and a Kustomization for each target. */
export function fluxObjects(product: string, delivery: Delivery, delivered: readonly Delivered[]): DeliveryFile[] {
  const { flux } = delivery;
  if (!flux) return [];
  const steps = stepsOfDelivery(delivery, delivered) ?? [];
  const clusters = [...new Set(delivered.map(({ target }) => target.cluster.name))];
  return clusters.map((cluster) => {
    const own = delivered.filter(({ target }) => target.cluster.name === cluster);
    return { file: `flux/${cluster}/flux.yaml`, objects: objectsOf(product, { ...delivery, flux }, own, steps) };
  });
}

type FluxDelivered = Delivery & { readonly flux: FluxDelivery };

function objectsOf(
  product: string,
  delivery: FluxDelivered,
  delivered: readonly Delivered[],
  steps: readonly (readonly string[])[],
): KubernetesObject[] {
  const { namespace = 'flux-system', interval = '5m', secret } = delivery.flux;
  const chart = new Chart(new App(), 'flux');
  const labels = { 'app.kubernetes.io/managed-by': 'strata' };
  const json = (object: { toJson(): unknown }) => object.toJson() as KubernetesObject;
  const sources = new Map<string, KubernetesObject>();
  const kustomizations = delivered.map((each) => {
    const { target, facts, objects } = each;
    const { automated, prune } = deliveryOf(target);
    const revision = revisionOf(delivery, target);
    const source = revision === delivery.revision ? product : `${product}-${target.environment.name}`;
    if (!sources.has(source))
      sources.set(
        source,
        json(
          new GitRepository(chart, `source ${source}`, {
            metadata: { name: source, namespace, labels },
            spec: {
              url: urlOf(delivery.repoUrl),
              ref: refOf(revision),
              interval,
              ...(secret === undefined ? {} : { secretRef: { name: secret } }),
            },
          }),
        ),
      );
    const { environment, cluster } = target;
    const before = earlierOn(delivered, steps, environment.name);
    return json(
      new Kustomization(chart, target.name, {
        metadata: {
          name: deliveryName(product, target),
          namespace,
          labels: { ...labels, environment: environment.name },
        },
        spec: {
          sourceRef: { kind: KustomizationSpecSourceRefKind.GIT_REPOSITORY, name: source },
          path: `./${pathOf(delivery, target)}`,
          interval,
          retryInterval: '1m',
          timeout: `${facts.deadline}s`,
          prune,
          ...(automated ? {} : { suspend: true }),
          // Deleting the Kustomization must not delete what runs.
          deletionPolicy: KustomizationSpecDeletionPolicy.ORPHAN,
          ...(before.length > 0
            ? { dependsOn: before.map((other) => ({ name: deliveryName(product, other.target) })) }
            : {}),
          ...(cluster.secrets?.by === 'sops'
            ? { decryption: { provider: KustomizationSpecDecryptionProvider.SOPS } }
            : {}),
          ...ignoring(facts.others),
          ...(objects.some(isRollout) ? { healthCheckExprs: [ROLLOUT_HEALTH] } : {}),
          healthChecks: objects.filter(isWorkload).map(({ apiVersion, kind, name, namespace: place }) => ({
            ...{ apiVersion, kind, name },
            ...(place === undefined ? {} : { namespace: place }),
          })),
        },
      }),
    );
  });
  return [...sources.values(), ...kustomizations];
}

/** What others write where Git says something, too: else each interval would set it back. Of kustomize-controller from 1.9 on. */
function ignoring(others: readonly FieldsOfOthers[]): Pick<KustomizationSpec, 'ignore'> {
  const stated = others.filter(({ isStated }) => isStated);
  return stated.length === 0
    ? {}
    : { ignore: stated.map(({ jsonPointers, isStated: _, ...target }) => ({ target, paths: [...jsonPointers] })) };
}

/** The targets of the last step before that has one on this cluster. */
function earlierOn(
  delivered: readonly Delivered[],
  steps: readonly (readonly string[])[],
  environment: string,
): readonly Delivered[] {
  const at = steps.findIndex((step) => step.includes(environment));
  for (const step of steps.slice(0, Math.max(at, 0)).reverse()) {
    const found = delivered.filter(({ target }) => step.includes(target.environment.name));
    if (found.length > 0) return found;
  }
  return [];
}

interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What Flux waits for: the rest is ready when it is there. */
function isWorkload(object: Ref): boolean {
  return (
    isRollout(object) ||
    ['apps/v1 Deployment', 'apps/v1 StatefulSet', 'apps/v1 DaemonSet', 'batch/v1 Job'].includes(
      `${object.apiVersion} ${object.kind}`,
    )
  );
}

function isRollout({ apiVersion, kind }: Ref): boolean {
  return apiVersion === ROLLOUT_HEALTH.apiVersion && kind === ROLLOUT_HEALTH.kind;
}

/**
 * When a release of Argo Rollouts has ended, of kustomize-controller from 1.5 on (Flux 2.5), which asks in the order of RFC 0009: inProgress, failed,
 * current. Its observedGeneration is a string, which Flux does not compare by itself. A release that waits for somebody has not ended: what
 * depends on it waits, too.
 */
const ROLLOUT_HEALTH = {
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
  inProgress:
    "!has(status.phase) || !has(status.observedGeneration) || status.observedGeneration != string(metadata.generation) || status.phase in ['Progressing', 'Paused']",
  failed: "status.phase == 'Degraded'",
  current: "status.phase == 'Healthy'",
} as const;

/** Flux takes no address like `git@host:path`. */
function urlOf(url: string): string {
  const short = /^([\w.-]+@[\w.-]+):(?!\/)(.+)$/.exec(url);
  return short ? `ssh://${short[1]}/${short[2]}` : url;
}

/** A revision as Flux distinguishes them, which Git does by itself. */
function refOf(revision: string): GitRepositorySpecRef {
  if (/^[0-9a-f]{40}$/.test(revision)) return { commit: revision };
  if (revision.startsWith('refs/')) return { name: revision };
  return /^v?\d+\.\d+/.test(revision) ? { tag: revision } : { branch: revision };
}
