import type { Json } from '../manifests/resource';
import { mappings, record } from '../manifests/resource';
import { StrataError } from '../model/errors';
import { toYaml } from '../render/yaml';
import { asFact, FACTS_ASKED, factsInOrder } from '../world/live-facts';
import { printed } from './adopt/programs';
import type { Run } from './options/table';
import type { facts } from './tables';

export const command: Run<typeof facts> = (_project, { values }, host) => {
  const kubectl = (...args: string[]): string => {
    const said = printed('kubectl', [...accessOf(values), ...args], host.env);
    if (said === 'not installed')
      throw new StrataError('strata facts', 'the cluster is asked by kubectl, and that is not installed', [
        'install kubectl, where PATH finds it',
      ]);
    if ('failed' in said)
      throw new StrataError('strata facts', `kubectl ${args[0]} fails: ${said.failed}`, [
        'name the cluster: --kubeconfig FILE, --context NAME',
      ]);
    return said.output;
  };
  const served = new Set(kubectl('api-resources', '--verbs=list', '-o', 'name').trim().split('\n'));
  const asked = FACTS_ASKED.filter((kind) => served.has(kind));
  const objects = asked.flatMap((kind) => {
    try {
      return itemsIn(kubectl('get', kind, '--all-namespaces', '-o', 'json'));
    } catch (error) {
      if (!(error instanceof StrataError) || kind === 'nodes') throw error;
      // Who may not see everything gets what they may see; what is left out is unknown later, not absent.
      host.printError(`left out: ${kind}: ${error.found}`);
      return [];
    }
  });
  host.print(
    factsInOrder(objects)
      .map((object) => toYaml(asFact(object)))
      .join('---\n')
      .trimEnd(),
  );
  return 0;
};

function accessOf({ kubeconfig, context }: Parameters<typeof command>[1]['values']): string[] {
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}

function itemsIn(text: string): readonly Json[] {
  return mappings(record(JSON.parse(text))?.['items']);
}
