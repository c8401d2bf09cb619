import { positionOf } from '../manifests/reading/yaml/position';
import { pathText } from '../manifests/resource';
import { isMadeHere } from '../world/owners';
import type { World } from '../world/world';
import type { Check, Judgement } from './check';
import type { Finding } from './finding';

/** Every check's word on the world: what will break first, then by object. */
export function judge(world: World, checks: readonly Check[], progress?: (text: string) => void): Finding[] {
  const said = checks.flatMap((check) => {
    progress?.(`judging ${world.resources.length} objects: ${check.id}`);
    return [...check.judge(world)]
      .filter(({ resource }) => !isMadeHere(world, resource))
      .map((judgement) => ({ check, judgement }));
  });
  // Places are looked up document by document: each is parsed for it once.
  const order = new Map(world.resources.map((resource, i) => [resource, i]));
  said.sort((a, b) => (order.get(a.judgement.resource) ?? -1) - (order.get(b.judgement.resource) ?? -1));
  return sorted(said.map(({ check, judgement }) => findingOf(world, check, judgement)));
}

/** What will break first, what cannot be told after what fails, then by object. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.object, b.object) ||
      compare(a.check, b.check) ||
      compare(a.path, b.path) ||
      compare(a.file, b.file),
  );
}

function findingOf(world: World, check: Check, judgement: Judgement): Finding {
  const { resource, path, causedBy } = judgement;
  return {
    check: check.id,
    severity: check.severity,
    verdict: judgement.verdict ?? 'fail',
    object: world.idOf(resource),
    path: pathText(path),
    value: judgement.value ?? null,
    message: judgement.message,
    fix: judgement.fix ?? check.fix,
    file: resource.source.file,
    ...positionOf(resource, path),
    ...(causedBy ? { causedBy: `${causedBy.check} ${world.idOf(causedBy.resource)}` } : {}),
  };
}

function rank({ severity, verdict }: Finding): number {
  return (severity === 'will-break' ? 0 : 2) + (verdict === 'fail' ? 0 : 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
