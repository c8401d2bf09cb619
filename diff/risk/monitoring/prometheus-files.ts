import { runsProgram } from '../../../manifests/programs';
import { memo } from '../../../model/memo';
import { readContent } from '../../../upstream/prometheus/yaml';
import type { ConfiguredPrometheus, PrometheusFile } from '../../../world/prometheus';
import { configuredPrometheuses, configuredPrometheusOf } from '../../../world/prometheus';
import { changesOf } from '../kinds';
import type { ChangedFile } from '../programs/changed-files';
import { changedFiles } from '../programs/changed-files';
import type { FoundRisk, WorldChange } from '../risk';

export type ReadFile = Pick<PrometheusFile, 'text' | 'content'>;

/** A Prometheus that is configured by files of which some change. */
export interface ChangedConfiguration {
  readonly before: readonly ReadFile[];
  readonly after: readonly ReadFile[];
  /** Where what stood in a file is told: at the change of that file, or else at the first one. */
  readonly placeOf: (text: string) => Pick<FoundRisk, 'change' | 'field'>;
}

/** Each Prometheus with what it reads before and after; a file that only a Prometheus elsewhere may read is one by itself. */
export const changedConfigurations = memo((diff: WorldChange): readonly ChangedConfiguration[] => {
  if (changesOf(diff, 'ConfigMap', 'Secret').length === 0) return [];
  const files = changedFiles(diff);
  const old = new Map(
    configuredPrometheuses(diff.before).map((each) => [diff.before.idOf(each.workload.resource), each]),
  );
  const found: ChangedConfiguration[] = [];
  const read = new Set<ChangedFile>();
  for (const now of configuredPrometheuses(diff.after)) {
    const was = old.get(diff.after.idOf(now.workload.resource));
    if (!was) continue;
    const [before, after] = [filesOf(was), filesOf(now)];
    const own = files.filter(
      (file) => before.some(({ text }) => text === file.before) || after.some(({ text }) => text === file.after),
    );
    for (const each of own) read.add(each);
    const [first] = own;
    if (!first) continue;
    const placeOf = (text: string) => {
      const { change, field } = own.find((file) => file.before === text) ?? first;
      return { change, field };
    };
    found.push({ before, after, placeOf });
  }
  for (const file of files) {
    const { change, field, before, after, readers } = file;
    if (read.has(file) || before === undefined || after === undefined || !mayBeRead(diff, readers)) continue;
    if (!/^(scrape_configs|groups):/m.test(before)) continue;
    const [was, is] = [before, after].map((text) => [{ text, content: readContent(text).content }]);
    found.push({ before: was!, after: is!, placeOf: () => ({ change, field }) });
  }
  return found;
});

function mayBeRead({ after: world }: WorldChange, readers: ChangedFile['readers']): boolean {
  return (
    readers.length === 0 ||
    readers.some(
      ({ workload, container }) => runsProgram(container, 'prometheus') && !configuredPrometheusOf(world, workload),
    )
  );
}

function filesOf({ configuration, rules, jobFiles }: ConfiguredPrometheus): readonly ReadFile[] {
  return [configuration, ...rules, ...jobFiles];
}
