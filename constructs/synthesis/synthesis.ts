import type { App } from 'cdk8s';
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { StrataError } from '../../model/errors';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import { identityOf } from '../../model/kubernetes';
import { expectsSecrets } from '../../model/secret-contract';
import { writing } from '../core/config';
import type { FlowEnd } from '../core/flow';
import { isFlowEnd } from '../core/flow';
import { SopsSecretFile } from '../core/secret-files';
import { GivenObject } from '../inputs/given-object';
import { Input } from '../inputs/input';
import { Component as Block } from './component';
import { dependenciesIn, neededBy, refuseCircles } from './dependencies';
import { manifestsOf } from './manifest';
import { namedKeys, offeredKeys } from './references';
import type { Need } from './waves';
import { wavesTogether } from './waves';

/**
 * The objects of an App, component by component. Stock `app.synth()` resolves and validates the whole tree once per chart, which is
 * quadratic; here every construct is visited once.
 */
export function synthesize(app: App): Component[] {
  const errors: string[] = [];
  const blocks = app.node.children.map((child) => {
    if (!Block.isComponent(child)) throw new Error(`${child.node.path} is no component: every building block is one`);
    const nodes = child.node.findAll();
    for (const node of nodes) errors.push(...node.node.validate().map((error) => `${node.node.path}: ${error}`));
    return {
      block: child,
      objects: nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node) && !SopsSecretFile.isSops(node)),
      encrypted: nodes.filter(SopsSecretFile.isSops),
      ends: nodes.filter(isFlowEnd),
      given: nodes.filter(GivenObject.isGiven),
      holders: nodes.filter(expectsSecrets),
      patches: nodes.filter((node) => node instanceof Input).flatMap(({ patches }) => patches),
      dependencies: dependenciesIn(nodes),
    };
  });
  if (errors.length) throw new StrataError('constructs', errors.join('; '), ['mend what the messages name']);
  const dependencies = blocks.flatMap((block) => block.dependencies);
  const lowest = new Map(
    blocks.map(({ block, ends, given }) => [block, ends.length > 0 || given.some(isInNamespace) ? 1 : 0]),
  );
  const manifestOf = manifestsOf(app);
  const manifests = writing(() => blocks.map(({ objects }) => objects.map(manifestOf)));
  const needs = [
    ...dependencies.flatMap(waitsOf),
    ...lastOf([...lowest.keys()]),
    ...flowsOf(blocks),
    ...referencesIn(blocks.map(({ block }, i) => ({ block, objects: manifests[i]! }))),
  ];
  const waves = wavesTogether(lowest, needs, refusal);
  const order =
    dependencies.length > 0
      ? orderOf(
          blocks.flatMap(({ objects }) => objects),
          manifests.flat(),
        )
      : undefined;
  const files = blocks.flatMap(({ block, encrypted }) =>
    encrypted.map((file) => encryptedBlock(file, waves.get(block)!)),
  );
  const written = blocks.map(({ block, given, holders, patches }, i) => ({
    name: block.name,
    wave: waves.get(block)!,
    objects: manifests[i]!,
    ...(order ? { order } : {}),
    ...(given.length > 0 ? { given: new Map(given.map((object) => [identityOf(object.given), object.place])) } : {}),
    ...(patches.length > 0 ? { patches } : {}),
    ...(holders.length > 0 ? { secrets: holders.flatMap(({ expectedSecrets }) => expectedSecrets) } : {}),
    ...(block.plain ? { plain: true } : {}),
  }));
  return [...written, ...files];
}

/** A file of its own: who decrypts it takes it as a whole. */
function encryptedBlock(file: SopsSecretFile, wave: number): Component {
  const object = file.toJson();
  return {
    name: file.fileName,
    wave,
    objects: [object],
    verbatim: new Map([[identityOf(object), file.encryptedText()]]),
  };
}

/** Namespaces are made in the lowest wave. */
function isInNamespace({ given }: GivenObject): boolean {
  return given.metadata.namespace !== undefined;
}

/** A component comes after those that its workloads connect to. */
function flowsOf(blocks: readonly { readonly block: Block; readonly ends: readonly FlowEnd[] }[]): Need<Block>[] {
  const homes = new Map(blocks.flatMap(({ block, ends }) => ends.map((end) => [end, block] as const)));
  return [...homes].flatMap(([end, of]) =>
    end.connections
      .map((port) => ({ of, to: homes.get(port.workload)!, why: 'connects to it', strict: false }))
      .filter(({ to }) => to !== of),
  );
}

/** A component comes after those that hold what its objects name, or that make it. */
function referencesIn(
  blocks: readonly { readonly block: Block; readonly objects: readonly KubernetesObject[] }[],
): Need<Block>[] {
  const homes = new Map(
    blocks.flatMap(({ block, objects }) => objects.flatMap(offeredKeys).map((key) => [key, block])),
  );
  return blocks.flatMap(({ block: of, objects }) => {
    const named = new Set(objects.flatMap(namedKeys).flatMap((key) => homes.get(key) ?? []));
    named.delete(of);
    return [...named].map((to) => ({ of, to, why: 'names what is in it', strict: false, reference: true as const }));
  });
}

/** Those that come last need all others. */
function lastOf(blocks: readonly Block[]): Need<Block>[] {
  const others = blocks.filter(({ last }) => !last);
  return blocks
    .filter(({ last }) => last)
    .flatMap((of) => others.map((to) => ({ of, to, why: 'comes last', strict: true })));
}

/** A dependency of one construct on another one lets the component of the one wait for that of the other. */
function waitsOf([from, target]: readonly [IConstruct, IConstruct]): Need<Block>[] {
  const of = homeOf(from)!;
  const to = homeOf(target);
  if (of === to) return [];
  if (!to || to.node.root !== of.node.root)
    throw new StrataError(
      from.node.path,
      `depends on ${target.node.path || 'the app'}, which is in no component of its target`,
      ['depend on a construct of the same target'],
    );
  return [{ of, to, why: `${from.node.path} depends on ${target.node.path}`, strict: true }];
}

function homeOf(construct: IConstruct): Block | undefined {
  return construct.node.scopes.find(Block.isComponent);
}

function refusal(circle: readonly Need<Block>[]): StrataError {
  const names = circle.map(({ of }) => of.name);
  const waits = circle.map(({ of, to, why }) => `${of.name} waits for ${to.name} (${why})`);
  return new StrataError(names.join(' and '), `components wait for each other in a circle: ${waits.join(', ')}`, [
    'remove one of these dependencies (addDependency)',
    'put the objects that depend on each other into one component',
  ]);
}

/** What each object comes after. */
function orderOf(
  objects: readonly ApiObject[],
  manifests: readonly KubernetesObject[],
): Map<string, readonly string[]> {
  const needs = new Map(objects.map((object) => [object, neededBy(object)]));
  refuseCircles(needs);
  const identities = new Map(objects.map((object, i) => [object, identityOf(manifests[i]!)]));
  return new Map(
    [...needs]
      .filter(([, others]) => others.length > 0)
      .map(([object, others]) => [identities.get(object)!, others.map((other) => identities.get(other)!)]),
  );
}
