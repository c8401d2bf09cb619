import type { App } from 'cdk8s';
import { ApiObject } from 'cdk8s';
import { StrataError } from '../../model/errors';
import type { Component } from '../../model/kubernetes';
import { Workload } from '../core/workload';
import { Component as Block } from './component';
import { manifestsOf } from './manifest';

/**
 * The objects of an App, component by component. Stock `app.synth()` resolves and validates the whole tree once per chart, which is
 * quadratic; here every construct is visited once.
 */
export function synthesize(app: App): Component[] {
  const errors: string[] = [];
  const blocks: { block: Block; objects: ApiObject[]; workloads: Workload[] }[] = [];
  for (const child of app.node.children) {
    if (!Block.isComponent(child)) throw new Error(`${child.node.path} is no component: every building block is one`);
    const nodes = child.node.findAll();
    for (const node of nodes) errors.push(...node.node.validate().map((error) => `${node.node.path}: ${error}`));
    blocks.push({
      block: child,
      objects: nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node)),
      workloads: nodes.filter((node): node is Workload => node instanceof Workload),
    });
  }
  if (errors.length) throw new StrataError('constructs', errors.join('; '), ['mend what the messages name']);
  const manifestOf = manifestsOf(app);
  const waves = wavesOf(blocks.flatMap(({ workloads }) => workloads));
  const highest = Math.max(0, ...waves.values());
  return blocks.map(({ block, objects, workloads }) => ({
    name: block.name,
    wave: block.last ? highest + 1 : Math.max(0, ...workloads.map((workload) => waves.get(workload)!)),
    objects: objects.map(manifestOf),
  }));
}

/** 1 for workloads that need no other, else one more than the highest that they connect to. A flow that closes a circle does not count. */
function wavesOf(workloads: readonly Workload[]): Map<Workload, number> {
  const waves = new Map<Workload, number>();
  const visit = (workload: Workload, path: readonly Workload[]): number => {
    const known = waves.get(workload);
    if (known !== undefined) return known;
    const below = workload.connections.map((port) => port.workload).filter((peer) => !path.includes(peer));
    const wave = 1 + Math.max(0, ...below.map((peer) => visit(peer, [...path, workload])));
    waves.set(workload, wave);
    return wave;
  };
  for (const workload of workloads) visit(workload, []);
  return waves;
}
