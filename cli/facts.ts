import type { Json } from '../manifests/resource';
import { mappings, record } from '../manifests/resource';
import { StrataError } from '../model/errors';
import { toYaml } from '../render/yaml';
import { asFact, FACTS_ASKED, factsInOrder } from '../world/live-facts';
import { kubectlOf } from './kubectl';
import type { Run } from './options/table';
import type { facts } from './tables';

export const command: Run<typeof facts> = (_project, { values }, host) => {
  const kubectl = kubectlOf('strata facts', values, host.env);
  const served = new Set(kubectl(['api-resources', '--verbs=list', '-o', 'name']).trim().split('\n'));
  const asked = FACTS_ASKED.filter((kind) => served.has(kind));
  const objects = asked.flatMap((kind) => {
    try {
      return itemsIn(kubectl(['get', kind, '--all-namespaces', '-o', 'json']));
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

function itemsIn(text: string): readonly Json[] {
  return mappings(record(JSON.parse(text))?.['items']);
}
