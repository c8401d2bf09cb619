import { Inputs } from '../checks/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { readSources } from '../manifests/reading/read';
import type { Component } from '../model/kubernetes';
import type { Target } from '../model/target';
import { planTarget } from '../render/plan';
import { flowChangeFormats } from '../report/flow-changes';
import type { FlowChange } from '../simulate/network/flow-diff';
import { flowDiff } from '../simulate/network/flow-diff';
import { factsOf } from '../world/cluster-facts';
import { expectedResources } from '../world/expected-secrets';
import { World } from '../world/world';

/** A target rendered without something, and with it. */
export interface TwoRenders {
  readonly target: Target;
  readonly without: readonly Component[];
  readonly with: readonly Component[];
}

/** The connections that the difference opens and closes. */
export function flowsBrought({ target, without, with: withIt }: TwoRenders): readonly FlowChange[] {
  return flowDiff(worldOf(target, without), worldOf(target, withIt));
}

/** So many connections are shown to a person. */
const SHOWN = 20;

/** The same as lines for a person: the number of all, and as many as one reads. */
export function flowChangeLines(changes: readonly FlowChange[]): string[] {
  const lines = flowChangeFormats.text(changes.slice(0, SHOWN)).split('\n');
  if (changes.length <= SHOWN) return lines;
  return [...lines.slice(0, -2), `… and ${changes.length - SHOWN} more: --format json lists them all`];
}

function worldOf(target: Target, components: readonly Component[]): World {
  const { files, secrets } = planTarget(target, components);
  const sources = files.map(({ path, text }) => ({ file: `dist/${target.path}/${path}`, text }));
  const { resources, documents } = new Inputs(systemAccess, undefined).add(readSources(sources));
  const facts = factsOf(target.cluster, resources, undefined).with(
    expectedResources(secrets, 'environments/matrix.ts'),
  );
  return new World(resources, facts, undefined, undefined, documents);
}
