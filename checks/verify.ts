import type { Check, Judgement } from './check';
import type { Finding } from './finding';
import { positionOf } from './read';
import { pathText } from './resource';
import type { World } from './world';

/** Every check's word on the world: what will break first, then by object. */
export function judge(world: World, checks: readonly Check[]): Finding[] {
  const findings = checks.flatMap((check) => [...check.judge(world)].map((judgement) => findingOf(world, check, judgement)));
  return findings.sort((a, b) => rank(a) - rank(b) || compare(a.object, b.object) || compare(a.check, b.check) || compare(a.path, b.path));
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
