import { hash } from 'node:crypto';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import type { Target } from '../../model/target';
import type { PublishRequest } from '../../publish/publish';

/** What targets hold: by target, by component, a text. */
export type State = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const aTargetNamed = (name: string): Target => {
  const [environment = '', cluster = ''] = name.split('@');
  return {
    name,
    path: `${cluster}/${environment}`,
    environment: { name: environment, ephemeral: true },
    cluster: { name: cluster },
  } as unknown as Target;
};

/** A component per text: a ConfigMap that holds it, and one that is called by its content. */
function componentsOf(target: Target, texts: Readonly<Record<string, string>>): Component[] {
  const namespace = target.environment.name;
  return Object.entries(texts).map(([name, text]) => {
    const plain: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { text },
    };
    const config: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${name}-config-${suffix(text)}`,
        namespace,
        annotations: { [CONFIG_OF]: `${name}-config`, [CONFIG_KEPT]: '2' },
      },
      data: { config: text },
    };
    return { name, wave: 1, objects: [plain, config] };
  });
}

/** Ten characters, as Kustomize's suffixes are. */
export function suffix(text: string): string {
  return hash('sha256', text)
    .slice(0, 10)
    .replace(/[013ae]/g, (digit) => ({ 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' })[digit]!);
}

/** The request to publish a state. */
export function requestOf(
  repo: string,
  state: State,
  rest: Partial<PublishRequest<Target>> = {},
): PublishRequest<Target> {
  return {
    repo,
    folder: 'tree',
    layout: { kind: 'folders' },
    push: true,
    targets: Object.keys(state).map(aTargetNamed),
    compose: (target) => componentsOf(target, state[target.name]!),
    deliver: (delivered) => [
      { path: 'argocd/projects.yaml', text: delivered.map(({ name }) => `# ${name}\n`).join('') },
    ],
    message: (_before, _after, changed) => ['change files', '', ...changed].join('\n'),
    env: process.env,
    ...rest,
  };
}
