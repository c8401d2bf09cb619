import { memo } from '../../../model/memo';
import type { StatedRule } from '../../../world/alerting-rules';
import { alertingRulesOf, recordingRulesOf } from '../../../world/alerting-rules';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { World } from '../../../world/world';
import { isKept } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { changedConfigurations } from './prometheus-files';

/** Rules that somebody may evaluate: without those of files that a Prometheus here sees and does not read. */
export const statedRules = memo((world: World) => {
  const prometheuses = configuredPrometheuses(world);
  const keys = (files: readonly { readonly resource: unknown; readonly path: readonly unknown[] }[]) =>
    files.map(({ resource, path }) => ({ resource, key: JSON.stringify(path) }));
  const unread = keys(prometheuses.flatMap((each) => each.unread));
  const read = keys(prometheuses.flatMap(({ rules }) => rules));
  const isIn = (files: typeof read, { resource, path }: StatedRule) =>
    files.some((file) => file.resource === resource && file.key === JSON.stringify(path));
  const isStated = (rule: StatedRule) => isIn(read, rule) || !isIn(unread, rule);
  return { alerts: alertingRulesOf(world).filter(isStated), records: recordingRulesOf(world).filter(isStated) };
});

/** Where it is told that a rule of before is lost: at its object, or at the file that named its file; undefined where nothing of that changes. */
export function placeOfLost(
  diff: WorldChange,
  { resource, path }: StatedRule,
): Pick<FoundRisk, 'change' | 'field'> | undefined {
  const change = diff.changes.find(({ before }) => before === resource);
  if (change) {
    if (!change.after && isKept(resource)) return undefined;
    const own = resource.kind === 'ConfigMap' ? path.map(String) : ['spec', 'groups'];
    return { change, field: change.after ? (fieldAt(change, own) ?? fieldAt(change, ['data'])) : undefined };
  }
  const [named] = changedConfigurations(diff).filter(({ before }) =>
    before.some((file) => 'resource' in file && file.resource === resource),
  );
  return named?.placeOf('');
}
